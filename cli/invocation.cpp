#include "cli/invocation.hpp"

#include <algorithm>
#include <ostream>

#include "analysis/readable.hpp"
#include "cli/output/display_text.hpp"
#include "common/text/secret_text.hpp"

namespace sagactl {
namespace {

std::string printable_lines(std::string_view text) {
  std::string out;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += printable(text.substr(begin, end - begin));
    if (end == text.size()) return out;
    out += '\n';
    begin = end + 1;
  }
}

}  // namespace

void Invocation::info(std::string_view line) const {
  if (!settings.quiet) terminal.err << folded(line, terminal.text_width()) << '\n' << std::flush;
}

void Invocation::verbose(std::string_view line) const {
  if (settings.verbose) terminal.err << folded(line, terminal.text_width()) << '\n' << std::flush;
}

void Invocation::print(const Json& result) const {
  terminal.out << json_text(result, settings.format == OutputFormat::json ? 2 : -1) << '\n' << std::flush;
}

void Invocation::print(const Json& result, std::string_view rows) const {
  if (settings.format == OutputFormat::json || !result.is_object() || !result.contains(rows)) return print(result);
  for (const Json& row : result[std::string(rows)]) terminal.out << json_text(row) << '\n';
  terminal.out << std::flush;
}

Json error_json(const Error& error) {
  std::string hint;
  if (error.members.is_object()) hint = error.members.value("hint", "");
  Json body = {{"error",
                {{"code", to_string(error.code)},
                 {"message", without_secrets(std::string_view(error.message))},
                 {"hint", without_secrets(std::string_view(hint))}}}};
  return body;
}

Error with_hint(Error error, std::string hint) {
  if (!error.members.is_object()) error.members = Json::object();
  error.members["hint"] = std::move(hint);
  return error;
}

ExitCode report(const Terminal& terminal, OutputFormat format, const Error& error) {
  const Json body = error_json(error);
  if (format != OutputFormat::table) {
    terminal.out << json_text(body, format == OutputFormat::json ? 2 : -1) << '\n' << std::flush;
    return exit_code_of(error.code);
  }
  const int width = terminal.text_width();
  const auto line = [&](const char* before, const std::string& text) {
    terminal.err << folded(before + printable_lines(text), width) << '\n';
  };
  line("sagactl: ", without_secrets(std::string_view(error.message)));
  const std::string hint = body["error"]["hint"];
  if (!hint.empty()) line("  ", hint);
  terminal.err << std::flush;
  return exit_code_of(error.code);
}

}  // namespace sagactl
