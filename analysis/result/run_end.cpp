#include "analysis/result/run_end.hpp"

#include <fmt/format.h>

#include "analysis/readable.hpp"
#include "analysis/result/json_view.hpp"
#include "analysis/result/result.hpp"

namespace sagactl {
namespace {

constexpr int interrupted = 130;
constexpr std::size_t badge_text_max = 60;

// The first with this ruling, and how many more there are: "no-lost-order and 2 more".
std::string counted_names(const JsonView& list, const char* name, std::string_view ruling) {
  std::string first;
  std::size_t more = 0;
  for (const Json& item : list.list()) {
    const JsonView it(item);
    const bool counts = !it.json().contains("counted") || it["counted"].is_true();
    if (it["verdict"].text() != ruling || !counts) continue;
    if (first.empty())
      first = it[name].text();
    else
      ++more;
  }
  return more == 0 ? first : fmt::format("{} and {} more", first, more);
}

std::string with_names(const char* what, const std::string& names) {
  return names.empty() ? what : fmt::format("{}: {}", what, names);
}

int code_of(const JsonView& result) {
  if (const auto code = result["exitCode"].number()) return static_cast<int>(*code);
  const std::string verdict = result["verdict"].text();
  return static_cast<int>(verdict == "PASS"   ? RunEnd::passed
                          : verdict == "FAIL" ? RunEnd::violated
                                              : RunEnd::undecided);
}

std::string xml_escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '&')
      safe += "&amp;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe.push_back(c);
  }
  return safe;
}

}  // namespace

ShownEnd shown_end(const Json& json) {
  const JsonView result(json);
  switch (code_of(result)) {
    case static_cast<int>(RunEnd::passed):
      return {"passed", "PASS"};
    case static_cast<int>(RunEnd::violated):
      return {with_names("failed", counted_names(result["verdicts"], "name", "FAIL")), "FAIL"};
    case static_cast<int>(RunEnd::threshold_missed):
      return {with_names("threshold missed", counted_names(result["thresholds"], "threshold", "FAIL")), "FAIL"};
    case interrupted:
      return {"interrupted", "UNKNOWN"};
    default: {
      const std::string verdicts = counted_names(result["verdicts"], "name", "UNKNOWN");
      return {with_names("undecided",
                         verdicts.empty() ? counted_names(result["thresholds"], "threshold", "UNKNOWN") : verdicts),
              "UNKNOWN"};
    }
  }
}

std::string badge_svg(const Json& result) {
  constexpr int padding = 6, height = 20, label_width = 56;
  constexpr double character_width = 6.6;  // of Verdana at 11 px, on average
  const ShownEnd end = shown_end(result);
  const std::string text =
      xml_escaped(end.text.size() > badge_text_max ? end.text.substr(0, badge_text_max) : end.text);
  const int text_width = static_cast<int>(static_cast<double>(end.text.size()) * character_width) + 2 * padding;
  const char* colour = end.ruling == "PASS" ? "#2a7f3f" : end.ruling == "FAIL" ? "#b3261e" : "#8a6100";
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" role=\"img\" aria-label=\"sagactl: {2}\">"
      "<title>sagactl: {2}</title><rect width=\"{3}\" height=\"{1}\" fill=\"#444\"/>"
      "<rect x=\"{3}\" width=\"{4}\" height=\"{1}\" fill=\"{5}\"/>"
      "<g fill=\"#fff\" font-family=\"Verdana,Geneva,sans-serif\" font-size=\"11\">"
      "<text x=\"{6}\" y=\"14\">sagactl</text><text x=\"{7}\" y=\"14\">{2}</text></g></svg>\n",
      label_width + text_width, height, text, label_width, text_width, colour, padding, label_width + padding);
}

}  // namespace sagactl
