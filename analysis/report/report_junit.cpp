#include <fmt/format.h>

#include <algorithm>

#include "analysis/readable.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/report_agents.hpp"
#include "analysis/report/report_answers.hpp"
#include "analysis/report/report_faults.hpp"
#include "analysis/result/json_view.hpp"

namespace sagactl {
namespace {

// Only characters that XML allows: U+FFFE, U+FFFF and bytes that are not UTF-8 become U+FFFD, control characters a
// space.
std::string xml_text(std::string_view text) {
  return replace_characters(text, [](std::string_view character) -> std::string_view {
    const auto first = static_cast<unsigned char>(character.front());
    if (first < 0x20 && first != '\t' && first != '\n' && first != '\r') return " ";
    const bool is_noncharacter = character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
    return is_noncharacter ? "\xEF\xBF\xBD" : character;
  });
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

  void add(const std::string& kind, const std::string& name, const std::string& ruling, const std::string& reason,
           const std::string& details, bool counted) {
    ++tests;
    // Readers of JUnit files expect a time and a type; verdicts take no time of their own.
    cases += fmt::format("  <testcase classname=\"sagactl.{}\" name=\"{}\" time=\"0\"", kind, escaped(name));
    if (ruling == "PASS" && !details.empty()) {
      cases += fmt::format(">\n    <system-out>{}</system-out>\n  </testcase>\n", escaped(reason + "\n" + details));
      return;
    }
    if (ruling == "PASS") {
      cases += "/>\n";
      return;
    }
    const bool failed = ruling == "FAIL";
    const char* element = failed ? "failure" : counted ? "error" : "skipped";
    ++(failed ? failures : counted ? errors : skipped);
    cases += fmt::format(">\n    <{} message=\"{}\"", element, escaped(reason));
    if (failed || counted) cases += fmt::format(" type=\"{}\"", escaped(ruling));
    cases += details.empty() ? "/>\n" : fmt::format(">{}</{}>\n", escaped(details), element);
    cases += "  </testcase>\n";
  }
};

// What the suite is of. Surefire's schema has no other place for it.
std::string properties(const Json& json) {
  const JsonView result(json);
  std::string list;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty())
      list += fmt::format("    <property name=\"{}\" value=\"{}\"/>\n", escaped(name), escaped(value));
  };
  const std::string started = result["startedAt"].text();
  add("startedAt", started.empty() ? result["takenAt"].text() : started);
  for (const char* member : {"run", "command", "version", "database"}) add(member, result[member].text());
  if (result["tags"].json().is_object())
    for (const auto& [name, value] : result["tags"].json().items()) add("tag." + name, JsonView(value).text());
  add("answers", answers_section(json));
  add("agents", agents_section(json));
  add("faults", faults_section(json));
  return list.empty() ? list : fmt::format("  <properties>\n{}  </properties>\n", list);
}

}  // namespace

std::string junit_report(const Json& json) {
  const JsonView result(json);
  Suite suite;
  for (const Json& item : result["verdicts"].list()) {
    const JsonView verdict(item);
    const bool counted = verdict["counted"].is_true();
    const std::string witness = verdict["witness"].empty() ? "" : json_text(verdict["witness"].json(), 2);
    suite.add("verdict", verdict["name"].text(), verdict["verdict"].text(), verdict["reason"].text(), witness, counted);
  }
  for (const Json& item : result["thresholds"].list()) {
    const JsonView threshold(item);
    suite.add("threshold", threshold["threshold"].text(), threshold["verdict"].text(), threshold["reason"].text(), "",
              true);
  }
  std::string name = result["kind"].text();
  if (!result["scenario"].text().empty()) name += " " + result["scenario"].text();
  const double seconds = result["measuredMs"].number().value_or(0) / 1000;
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"sagactl {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
      "time=\"{:.3f}\">\n{}{}</testsuite>\n",
      escaped(name), suite.tests, suite.failures, suite.errors, suite.skipped, seconds, properties(json), suite.cases);
}

}  // namespace sagactl
