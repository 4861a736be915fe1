#include "analysis/report_verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/json_view.hpp"

namespace sagactl {
namespace {

constexpr std::size_t word_width = 7;  // of UNKNOWN

std::string value_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// "orders  id=0197… status=paid": the table first, then the members.
std::string row_text(const Json& row) {
  std::string text = JsonView(row)["table"].text();
  if (!row.is_object()) return value_text(row);
  for (const auto& [name, value] : row.items())
    if (name != "table") text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value_text(value));
  return text;
}

std::string witness_text(const JsonView& witness, const std::string& reason) {
  std::string text;
  const auto line = [&](std::string_view label, const std::string& what) {
    text += fmt::format("{:{}}{:<8} {}\n", "", word_width + 4, label, what);
  };
  for (const Json& why : witness["why"].list())
    if (value_text(why) != reason) line("why", value_text(why));
  for (const Json& row : witness["rows"].list()) line("row", row_text(row));
  for (const Json& request : witness["requests"].list()) line("request", row_text(request));
  for (const Json& node : witness["nodes"].list()) line("node", value_text(node));
  return text;
}

std::string padded(const std::string& word, const TextStyle& style) {
  return ruling_word(word, style) + std::string(word_width - std::min(word_width, word.size()), ' ');
}

}  // namespace

std::string ruling_word(const std::string& ruling, const TextStyle& style) {
  if (!style.colours) return ruling;
  const char* colour = ruling == "PASS" ? "32" : ruling == "FAIL" ? "1;31" : "33";
  return fmt::format("\033[{}m{}\033[0m", colour, ruling);
}

std::string verdict_section(const Json& result, const TextStyle& style) {
  const JsonView view(result);
  std::size_t width = 0;
  for (const Json& verdict : view["verdicts"].list())
    width = std::max(width, JsonView(verdict)["name"].text().size());
  std::string text = "Verdicts\n";
  for (const Json& json : view["verdicts"].list()) {
    const JsonView verdict(json);
    const bool counts = verdict["counted"].is_true();
    const std::string word = verdict["verdict"].text(), reason = verdict["reason"].text();
    text += fmt::format("  {}  {:<{}}  {}\n",
                        counts ? padded(word, style) : fmt::format("{:<{}}", "-", word_width),
                        verdict["name"].text(), width, reason);
    if (word != "PASS" && counts) text += witness_text(verdict["witness"], reason);
  }
  return text + fmt::format("Verdict: {}\n", ruling_word(view["verdict"].text(), style));
}

std::string threshold_section(const Json& result, const TextStyle& style) {
  const auto& thresholds = JsonView(result)["thresholds"].list();
  if (thresholds.empty()) return {};
  std::size_t width = 0;
  for (const Json& threshold : thresholds)
    width = std::max(width, JsonView(threshold)["threshold"].text().size());
  std::string text = "\nThresholds\n";
  for (const Json& json : thresholds) {
    const JsonView threshold(json);
    text += fmt::format("  {}  {:<{}}  {}\n", padded(threshold["verdict"].text(), style),
                        threshold["threshold"].text(), width, threshold["reason"].text());
  }
  return text;
}

}  // namespace sagactl
