// `sagactl saga publish` and `sagactl saga retire`.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "cli/client/json_answer.hpp"
#include "cli/client/mistakes.hpp"
#include "cli/client/node_client.hpp"
#include "cli/commands/saga_commands.hpp"
#include "cli/commands/saga_lint.hpp"
#include "cli/flag.hpp"
#include "cli/output/display_text.hpp"
#include "common/text/percent.hpp"
#include "server/definitions/read_definition.hpp"

namespace sagactl {
namespace {

struct PublishFlags {
  std::string file;
  bool dry_run = false, diff = false;
};

Result<Json> put(NodeClient& client, const std::string& name, const std::string& text, bool is_dry_run) {
  auto answer = client.send({"PUT",
                             "/sagas/definitions/" + percent_encode(name) + (is_dry_run ? "?dryRun=true" : ""),
                             text,
                             {{"Content-Type", "application/json"}}});
  return answer ? std::move(answer) : with_mistakes(answer.error(), "the definition");
}

void print_diff(Invocation& invocation, const Json& answer) {
  const Json& diff = json_member(answer, "diff");
  for (const Json& line : diff)
    if (line.is_string()) invocation.terminal.out << "  " << printable(line.get<std::string>()) << '\n';
}

Result<ExitCode> publish(Invocation& invocation, const PublishFlags& flags) {
  auto text = read_definition_file(invocation, flags.file);
  if (!text) return text.error();
  // Mistakes are found here, with their lines, before a node is asked.
  const DefinitionRead read = read_definition(*text, flags.file);
  if (!read.canonical || has_mistake(read.problems)) {
    if (invocation.wants_json())
      invocation.print(Json{{"file", flags.file}, {"errors", problems_json(read.problems)}});
    else
      print_problems(invocation, flags.file, *text, read.problems);
    return ExitCode::refused;
  }
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  Json diff = Json::array();
  if (flags.diff || flags.dry_run) {
    const auto would = put(*client, read.name(), read.text(), true);
    if (!would) return would.error();
    diff = json_member(*would, "diff");
    if (flags.dry_run) {
      if (invocation.wants_json()) {
        invocation.print(*would);
        return ExitCode::done;
      }
      print_diff(invocation, *would);
      invocation.info(bool_member(*would, "isNew") ? fmt::format("dry run: would publish {} version {}", read.name(),
                                                                 integer_member(*would, "version"))
                                                   : fmt::format("dry run: {} version {} has this content already",
                                                                 read.name(), integer_member(*would, "version")));
      return ExitCode::done;
    }
  }
  auto published = put(*client, read.name(), read.text(), false);
  if (!published) return published.error();
  if (flags.diff) (*published)["diff"] = std::move(diff);
  if (invocation.wants_json()) {
    invocation.print(*published);
    return ExitCode::done;
  }
  print_diff(invocation, *published);
  invocation.terminal.out << fmt::format("{} version {} {}\n", read.name(), integer_member(*published, "version"),
                                         bool_member(*published, "isNew") ? "is published" : "is unchanged")
                          << std::flush;
  return ExitCode::done;
}

Result<ExitCode> retire(Invocation& invocation, const std::string& name) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto retired = client->send({"DELETE", "/sagas/definitions/" + percent_encode(name), "", {}});
  if (!retired) return no_such_definition(retired.error());
  if (invocation.wants_json())
    invocation.print(*retired);
  else
    invocation.terminal.out << name << " is retired: no new saga of it starts; those that run end on their version\n"
                            << std::flush;
  return ExitCode::done;
}

}  // namespace

void add_saga_publish(CLI::App& group, Commands& commands) {
  const auto flags = std::make_shared<PublishFlags>();
  CLI::App* app = add_command(group, "publish", "Publish a definition as its next version, unless it is unchanged");
  add_text(*app, "file", flags->file, "FILE", "YAML or JSON file of the definition; - is standard input").required();
  add_switch(*app, "--dry-run", flags->dry_run, "Show what would change without publishing");
  add_switch(*app, "--diff", flags->diff, "Show what has changed since the newest version");
  set_examples(*app, {"sagactl saga publish trip.yaml --diff"});
  commands.add(app, [flags](Invocation& invocation) { return publish(invocation, *flags); });

  const auto name = std::make_shared<std::string>();
  CLI::App* end = add_command(group, "retire", "Reject new sagas of a definition; sagas that run are not affected");
  add_text(*end, "name", *name, "NAME", "Name of the definition").required();
  commands.add(end, [name](Invocation& invocation) { return retire(invocation, *name); });
}

}  // namespace sagactl
