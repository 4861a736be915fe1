// `sagactl open`: the dashboard of a node in the browser, logged in as the caller.
#include <memory>
#include <ostream>

#include "cli/client/browser.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/commands.hpp"
#include "cli/flag.hpp"

namespace sagactl {
namespace {

struct OpenFlags {
  bool print = false;
};

Result<ExitCode> run_open(Invocation& invocation, const OpenFlags& flags) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto code = client->post("/ui/codes", Json::object());
  if (!code && code.error().code == ErrorCode::not_found)
    return with_hint(code.error(), "the node is of a version without a dashboard");
  if (!code) return code.error();
  const std::string address = client->url() + text_member(*code, "path");
  if (invocation.wants_json())
    invocation.print(Json{{"url", address}, {"expiresAt", text_member(*code, "expiresAt")}});
  else
    invocation.terminal.out << address << '\n' << std::flush;
  if (flags.print) return ExitCode::done;
  const auto opened = open_in_browser(invocation.environment, address);
  if (opened)
    invocation.info("opening the browser; the address works once, and for one minute");
  else
    invocation.info("no browser was opened (" + opened.error().message +
                    "): open the address in one; it works once, and for one minute");
  return ExitCode::done;
}

}  // namespace

void add_open(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<OpenFlags>();
  CLI::App* app = add_command(root, "open", "Open the dashboard of a node in the browser", operations_group);
  add_switch(*app, "--print", flags->print, "Only print the address");
  set_examples(*app, {"sagactl open", "sagactl open --url http://node-1:3000 --print"});
  commands.add(app, [flags](Invocation& invocation) { return run_open(invocation, *flags); });
}

}  // namespace sagactl
