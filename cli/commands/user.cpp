// `sagactl user`: makes and unmakes admins, and shuts users out.
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/client/password.hpp"
#include "cli/output/table.hpp"
#include "server/participants/user.hpp"

namespace sagactl {
namespace {

constexpr int users_page_size = 1000;

struct UserFlags {
  std::string email;
  PasswordFlags password;
  std::string first_name = "-", last_name = "-";
  Role role = Role::customer;
};

Result<ExitCode> list_users(Invocation& invocation) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  Json users = Json::array();
  for (std::string after;;) {
    const auto page =
        client->get("/users?limit=" + std::to_string(users_page_size) + (after.empty() ? "" : "&after=" + percent_encode(after)));
    if (!page) return page.error();
    for (const Json& user : json_member(*page, "users")) users.push_back(user);
    after = text_member(*page, "next");
    if (after.empty()) break;
  }
  if (invocation.wants_json()) {
    invocation.print(Json{{"users", users}}, "users");
    return ExitCode::done;
  }
  Table table({{"E-MAIL ADDRESS"}, {"ROLE"}, {"STATUS"}, {"SESSIONS", true}, {"SINCE"}});
  for (const Json& user : users)
    table.row({text_member(user, "email"), text_member(user, "role"), text_member(user, "status"),
               text_member(user, "sessions"), text_member(user, "createdAt")});
  table.print(invocation.terminal.out, invocation.terminal.table_width());
  return ExitCode::done;
}

void tell(const Invocation& invocation, const Json& user, std::string_view what) {
  if (invocation.wants_json())
    invocation.print(user);
  else
    invocation.info(text_member(user, "email") + " " + std::string(what) + ": " + text_member(user, "role") + ", " +
                   text_member(user, "status"));
}

Result<ExitCode> new_user(Invocation& invocation, const UserFlags& flags) {
  auto password = password_of(invocation, flags.password);
  if (!password) return password.error();
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto added = client->post("/users", Json{{"email", flags.email},
                                                 {"password", *password},
                                                 {"firstName", flags.first_name},
                                                 {"lastName", flags.last_name},
                                                 {"role", to_string(flags.role)}});
  if (!added) return added.error();
  tell(invocation, *added, "is added");
  return ExitCode::done;
}

Result<ExitCode> change(Invocation& invocation, const UserFlags& flags, const Json& rights) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto changed = client->put("/users/" + percent_encode(flags.email), rights);
  if (!changed) return changed.error();
  tell(invocation, *changed, "is changed");
  return ExitCode::done;
}

}  // namespace

void add_user(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<UserFlags>();
  CLI::App* app = add_command_group(root, "user", "Make and unmake admins, and shut users out", "Using the nodes");
  const auto with_email = [&](const char* name, const char* help) {
    CLI::App* command = add_command(*app, name, help);
    add_text(*command, "email", flags->email, "EMAIL", "The user's e-mail address").required();
    return command;
  };
  commands.add(add_command(*app, "list", "Show the users"), list_users);

  CLI::App* add = with_email("add", "Make an account");
  add_password_flags(*add, flags->password);
  add_text(*add, "--first-name", flags->first_name, "TEXT", "First name [-]");
  add_text(*add, "--last-name", flags->last_name, "TEXT", "Last name [-]");
  add_choice(*add, "--role", flags->role, "What the user may do [customer]");
  commands.add(add, [flags](Invocation& invocation) { return new_user(invocation, *flags); });

  CLI::App* role = with_email("role", "Say what a user may do, within seconds at all nodes");
  add_choice(*role, "role", flags->role, "customer, merchant or admin").required();
  commands.add(role, [flags](Invocation& invocation) {
    return change(invocation, *flags, Json{{"role", to_string(flags->role)}});
  });

  CLI::App* disable = with_email("disable", "End a user's sessions and take no log-in and no token any more");
  commands.add(disable, [flags](Invocation& invocation) {
    return change(invocation, *flags, Json{{"status", to_string(UserStatus::suspended)}});
  });

  CLI::App* enable = with_email("enable", "Let a user log in again");
  commands.add(enable, [flags](Invocation& invocation) {
    return change(invocation, *flags, Json{{"status", to_string(UserStatus::active)}});
  });
}

}  // namespace sagactl
