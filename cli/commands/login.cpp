// `sagactl login` and `sagactl logout`: tokens for nodes that are not on this machine.
#include <istream>
#include <memory>
#include <ostream>

#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/client/password.hpp"
#include "cli/commands.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/flag.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

struct LoginFlags {
  std::string email;
  PasswordFlags password;
};

std::string prompt(const Terminal& terminal, const std::string& label) {
  if (terminal.in_is_tty) terminal.err << label << std::flush;
  std::string line;
  std::getline(terminal.in, line);
  return std::string(trim(line));
}

Result<ExitCode> run_login(Invocation& invocation, const LoginFlags& flags) {
  const auto urls = node_urls(invocation.settings);
  if (!urls) return urls.error();
  std::string email = flags.email;
  if (email.empty()) email = prompt(invocation.terminal, "E-mail address: ");
  if (email.empty())
    return with_hint(Error{ErrorCode::invalid, "no e-mail address was given"}, "such as --email ann@example.com");
  if (const auto checked = check_email(email); !checked) return checked.error();
  const auto password = read_password(invocation, flags.password);
  if (!password) return password.error();

  invocation.settings.token.clear();  // the login replaces it
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto answer = client->post("/auth/login", Json{{"email", email}, {"password", *password}});
  if (!answer && answer.error().code == ErrorCode::unauthenticated)
    return with_hint(answer.error(),
                     "the e-mail address or the password is wrong, or the account is disabled; an admin sees the "
                     "accounts with `sagactl user list`");
  if (!answer) return answer.error();
  const std::string access = text_member(*answer, "accessToken");
  if (access.empty()) return Error{ErrorCode::unknown_outcome, client->url() + " returned no access token"};

  const auto lock = CredentialStore::lock(invocation.environment.config_directory());
  if (!lock) return report_not_saved(invocation, lock.error());
  auto credentials = CredentialStore::load(invocation.environment.config_directory());
  if (!credentials) return credentials.error();
  // The nodes of one --url are one cluster, so the login is valid for all of them.
  for (const Url& url : *urls) credentials->put(url.text(), {email, access, text_member(*answer, "refreshToken")});
  if (const auto saved = credentials->save(); !saved) return report_not_saved(invocation, saved.error());
  if (invocation.wants_json())
    invocation.print(Json{{"url", client->url()}, {"user", json_member(*answer, "user")}});
  else
    invocation.info("logged in to " + client->url() + " as " + email);
  return ExitCode::done;
}

Result<ExitCode> run_logout(Invocation& invocation) {
  const auto urls = node_urls(invocation.settings);
  if (!urls) return urls.error();
  auto credentials = CredentialStore::load(invocation.environment.config_directory());
  if (!credentials) return credentials.error();
  bool logged_in = false;
  for (const Url& url : *urls) logged_in = logged_in || credentials->find(url.text()).has_value();
  if (!logged_in) {
    invocation.info("not logged in to " + urls->front().text());
    if (invocation.wants_json()) invocation.print(Json{{"url", urls->front().text()}, {"loggedOut", false}});
    return ExitCode::done;
  }
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  // The stored tokens are deleted even when no node can be reached.
  const auto logout = client->post("/auth/logout", Json::object());
  if (!logout) invocation.info("sagactl: the session could not be ended at the node: " + logout.error().message);
  const auto lock = CredentialStore::lock(invocation.environment.config_directory());
  if (!lock) return report_not_saved(invocation, lock.error());
  credentials = CredentialStore::load(invocation.environment.config_directory());
  if (!credentials) return credentials.error();
  for (const Url& url : *urls) {
    const auto login = credentials->find(url.text());
    if (login && !login->refresh_token.empty()) credentials->remove(login->refresh_token);
    credentials->remove_at(url.text());
  }
  if (const auto saved = credentials->save(); !saved) return report_not_saved(invocation, saved.error());
  if (invocation.wants_json())
    invocation.print(Json{{"url", urls->front().text()}, {"loggedOut", true}});
  else
    invocation.info("logged out of " + urls->front().text());
  return ExitCode::done;
}

}  // namespace

void add_login_and_logout(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<LoginFlags>();
  CLI::App* login = add_command(root, "login", "Log in to a node and store its tokens", setup_group);
  add_text(*login, "--email", flags->email, "EMAIL", "E-mail address [prompted for]");
  add_password_flags(*login, flags->password);
  set_examples(*login, {"sagactl login --url http://node-1:3000 --email ann@example.com"});
  commands.add(login, [flags](Invocation& invocation) { return run_login(invocation, *flags); });

  CLI::App* logout = add_command(root, "logout", "End the session and delete its tokens", setup_group);
  commands.add(logout, run_logout);
}

}  // namespace sagactl
