#include "cli/commands/saga_lint.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <ostream>

#include "analysis/readable.hpp"
#include "cli/flag.hpp"
#include "cli/invocation.hpp"
#include "server/definitions/read_definition.hpp"
#include "server/definitions/source.hpp"

namespace sagactl {
namespace {

constexpr int files_max = 1000;

struct LintedFile {
  std::string name, text;
  DefinitionRead read;
};

std::string shown_name(const std::string& file) {
  return file == "-" ? "<stdin>" : file;
}

Json file_json(const LintedFile& file) {
  Json out = {{"file", shown_name(file.name)}, {"ok", !has_mistake(file.read.problems)}};
  if (!file.read.name().empty()) out["saga"] = file.read.name();
  out["errors"] = problems_json(file.read.problems);
  return out;
}

void print_file(const Invocation& invocation, const LintedFile& file) {
  print_problems(invocation, file.name, file.text, file.read.problems);
  std::uint64_t mistakes = 0, warnings = 0;
  for (const Problem& problem : file.read.problems) {
    ++(problem.severity == Severity::mistake ? mistakes : warnings);
  }
  std::string line = shown_name(file.name) + ": " + (mistakes == 0 ? "no mistakes" : count_of(mistakes, "mistake"));
  if (warnings > 0) line += ", " + count_of(warnings, "warning");
  invocation.info(line);
}

Result<ExitCode> lint(Invocation& invocation, const std::vector<std::string>& names) {
  std::vector<LintedFile> files;
  for (const std::string& name : names) {
    auto text = read_definition_file(invocation, name);
    if (!text) return text.error();
    DefinitionRead read = read_definition(*text, name);
    files.push_back({name, *std::move(text), std::move(read)});
  }
  bool is_right = true;
  Json all = Json::array();
  for (const LintedFile& file : files) {
    is_right &= !has_mistake(file.read.problems);
    if (invocation.wants_json())
      all.push_back(file_json(file));
    else
      print_file(invocation, file);
  }
  if (invocation.wants_json()) invocation.print(Json{{"files", std::move(all)}}, "files");
  return is_right ? ExitCode::done : ExitCode::refused;
}

}  // namespace

Result<std::string> read_definition_file(Invocation& invocation, const std::string& name) {
  std::string text(definition_bytes_max + 1, '\0');
  const auto read_from = [&](std::istream& in) {
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return !in.bad();
  };
  if (name == "-") {
    if (read_from(invocation.terminal.in)) return text;
    return Error{ErrorCode::invalid, "standard input cannot be read"};
  }
  errno = 0;
  std::ifstream file(invocation.environment.resolve(name), std::ios::binary);
  if (file && read_from(file)) return text;
  return Error{ErrorCode::invalid, fmt::format("{} cannot be read: {}", name, std::strerror(errno == 0 ? EIO : errno))};
}

void print_problems(const Invocation& invocation, const std::string& name, const std::string& text,
                    const std::vector<Problem>& problems) {
  for (const Problem& problem : problems) {
    std::string shown = problem_text(problem, shown_name(name), text);
    const std::string severity(to_string(problem.severity));
    const bool is_mistake = problem.severity == Severity::mistake;
    if (const auto at = shown.find(": " + severity + ": "); at != std::string::npos)
      shown.replace(at + 2, severity.size(),
                    is_mistake ? invocation.paint.bad(severity) : invocation.paint.warning(severity));
    invocation.terminal.out << shown;
  }
  invocation.terminal.out << std::flush;
}

void add_saga_lint(CLI::App& group, Commands& commands) {
  const auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* lint_command = add_command(group, "lint", "Check definitions of sagas for mistakes, without a node");
  add_text(*lint_command, "file", *files, "FILE", "YAML or JSON file of a definition; - is standard input")
      .takes(1, files_max)
      .required();
  set_examples(*lint_command, {"sagactl saga lint trip.yaml", "sagactl saga lint -o json trip.yaml"});
  commands.add(lint_command, [files](Invocation& invocation) { return lint(invocation, *files); });
}

}  // namespace sagactl
