#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/json_view.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/report_answers.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// Text that XML can hold: what is not UTF-8, or U+FFFE or U+FFFF, becomes U+FFFD, and
// control characters a blank.
std::string xml_text(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size < std::min<std::size_t>(4, text.size()) && !is_utf8(text.substr(0, size))) ++size;
    const std::string_view character = text.substr(0, size);
    const auto first = static_cast<unsigned char>(character.front());
    const bool is_control = first < 0x20 && first != '\t' && first != '\n' && first != '\r';
    const bool is_none = character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
    const bool good = is_utf8(character) && !is_none;
    out += !good ? replacement : is_control ? " " : character;
    text.remove_prefix(good ? size : 1);
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : xml_text(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      case '\t':
        out += "&#9;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

struct Suite {
  std::string cases;
  int tests = 0, failures = 0, errors = 0, skipped = 0;

  void add(const std::string& kind, const std::string& name, const std::string& ruling,
           const std::string& reason, const std::string& details, bool counted) {
    ++tests;
    // Readers want a time and a type of each; verdicts are given all at once.
    cases += fmt::format("    <testcase classname=\"sagactl.{}\" name=\"{}\" time=\"0\"", kind, escaped(name));
    if (ruling == "PASS" && !details.empty()) {
      cases += fmt::format(">\n      <system-out>{}</system-out>\n    </testcase>\n", escaped(reason + "\n" + details));
      return;
    }
    if (ruling == "PASS") {
      cases += "/>\n";
      return;
    }
    const bool failed = ruling == "FAIL";
    const char* element = failed ? "failure" : counted ? "error" : "skipped";
    ++(failed ? failures : counted ? errors : skipped);
    cases += fmt::format(">\n      <{} message=\"{}\"", element, escaped(reason));
    if (failed || counted) cases += fmt::format(" type=\"{}\"", escaped(ruling));
    cases += details.empty() ? "/>\n" : fmt::format(">{}</{}>\n", escaped(details), element);
    cases += "    </testcase>\n";
  }
};

}  // namespace

std::string junit_report(const Json& json) {
  const JsonView result(json);
  Suite suite;
  for (const Json& item : result["verdicts"].list()) {
    const JsonView verdict(item);
    const bool counted = verdict["counted"].is_true();
    const std::string witness = verdict["witness"].empty() ? "" : json_text(verdict["witness"].json(), 2);
    suite.add("verdict", verdict["name"].text(), verdict["verdict"].text(), verdict["reason"].text(), witness,
              counted);
  }
  for (const Json& item : result["thresholds"].list()) {
    const JsonView threshold(item);
    suite.add("threshold", threshold["threshold"].text(), threshold["verdict"].text(),
              threshold["reason"].text(), "", true);
  }
  std::string name = result["kind"].text();
  if (!result["scenario"].text().empty()) name += " " + result["scenario"].text();
  std::string when = result["startedAt"].text();
  if (when.empty()) when = result["takenAt"].text();
  if (when.size() > 19) when.resize(19);  // seconds, as the schema has them
  const std::string said = answers_section(json);
  const double seconds = result["measuredMs"].number().value_or(0) / 1000;
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites>\n"
      "  <testsuite name=\"sagactl {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
      "time=\"{:.3f}\" "
      "timestamp=\"{}\">\n{}{}"
      "  </testsuite>\n"
      "</testsuites>\n",
      escaped(name), suite.tests, suite.failures, suite.errors, suite.skipped, seconds, escaped(when), suite.cases,
      said.empty() ? said : fmt::format("    <system-out>{}</system-out>\n", escaped(said)));
}

}  // namespace sagactl
