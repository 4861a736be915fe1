// `sagactl user`: lists and adds users, changes roles, disables and enables accounts.
#include <memory>
#include <ostream>

#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/client/password.hpp"
#include "cli/client/users.hpp"
#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/output/table.hpp"
#include "server/participants/user.hpp"

namespace sagactl {
namespace {

struct UserFlags {
  std::string email;
  PasswordFlags password;
  std::string first_name = "-", last_name = "-";
  Role role = Role::customer;
};

Result<ExitCode> list_users(Invocation& invocation) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto users = all_users(*client);
  if (!users) return users.error();
  if (invocation.wants_json()) {
    invocation.print(Json{{"users", *users}}, "users");
    return ExitCode::done;
  }
  Table table({{"E-MAIL ADDRESS", Fit::text, needed},
               {"ROLE", Fit::whole, needed},
               {"STATUS", Fit::whole, needed},
               {"SESSIONS", Fit::number},
               {"SINCE", Fit::time}});
  for (const Json& user : *users)
    table.row({text_member(user, "email"), text_member(user, "role"), text_member(user, "status"),
               text_member(user, "sessions"), text_member(user, "createdAt")});
  table.print(invocation.terminal.out, invocation.terminal.table_width());
  return ExitCode::done;
}

void print_user(const Invocation& invocation, const Json& user, std::string_view what) {
  if (invocation.wants_json())
    invocation.print(user);
  else
    invocation.info(text_member(user, "email") + " " + std::string(what) + ": " + text_member(user, "role") + ", " +
                    text_member(user, "status"));
}

Result<ExitCode> add_account(Invocation& invocation, const UserFlags& flags) {
  if (const auto checked = check_email(flags.email); !checked) return checked.error();
  auto password = read_password(invocation, flags.password);
  if (!password) return password.error();
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto added = client->post("/users", Json{{"email", flags.email},
                                                 {"password", *password},
                                                 {"firstName", flags.first_name},
                                                 {"lastName", flags.last_name},
                                                 {"role", to_string(flags.role)}});
  if (!added) return added.error();
  print_user(invocation, *added, "added");
  return ExitCode::done;
}

Result<ExitCode> change_account(Invocation& invocation, const UserFlags& flags, const Json& rights) {
  if (const auto checked = check_email(flags.email); !checked) return checked.error();
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto changed = client->put("/users/" + percent_encode(flags.email), rights);
  if (!changed) return no_such_user(*client, changed.error(), flags.email);
  print_user(invocation, *changed, "changed");
  return ExitCode::done;
}

}  // namespace

void add_user(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<UserFlags>();
  CLI::App* app = add_command_group(root, "user", "Manage user accounts and roles", operations_group);
  const auto with_email = [&](const char* name, const char* help) {
    CLI::App* command = add_command(*app, name, help);
    add_text(*command, "email", flags->email, "EMAIL", "E-mail address of the user").required();
    return command;
  };
  commands.add(add_command(*app, "list", "List users"), list_users);

  CLI::App* add = with_email("add", "Create a user account");
  add_password_flags(*add, flags->password);
  add_text(*add, "--first-name", flags->first_name, "TEXT", "First name [-]");
  add_text(*add, "--last-name", flags->last_name, "TEXT", "Last name [-]");
  add_choice(*add, "--role", flags->role, "Role of the user [customer]");
  commands.add(add, [flags](Invocation& invocation) { return add_account(invocation, *flags); });

  CLI::App* role = with_email("role", "Set the role of a user; takes effect at all nodes within seconds");
  add_choice(*role, "role", flags->role, "The new role").required();
  commands.add(role, [flags](Invocation& invocation) {
    return change_account(invocation, *flags, Json{{"role", to_string(flags->role)}});
  });

  CLI::App* disable = with_email("disable", "Disable a user: end all sessions, reject logins and tokens");
  commands.add(disable, [flags](Invocation& invocation) {
    return change_account(invocation, *flags, Json{{"status", to_string(UserStatus::suspended)}});
  });

  CLI::App* enable = with_email("enable", "Enable a disabled user again");
  commands.add(enable, [flags](Invocation& invocation) {
    return change_account(invocation, *flags, Json{{"status", to_string(UserStatus::active)}});
  });
}

}  // namespace sagactl
