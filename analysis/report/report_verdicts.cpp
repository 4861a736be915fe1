#include "analysis/report/report_verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analysis/readable.hpp"
#include "analysis/result/json_view.hpp"

namespace sagactl {
namespace {

constexpr std::size_t word_width = 7;  // of UNKNOWN
constexpr std::size_t more_shown = 3;
constexpr std::size_t alike_min = 4;  // verdicts that share a reason, to be shown together

std::string value_text(const Json& value) {
  return value.is_null() ? "none" : value.is_string() ? printable(value.get<std::string>()) : json_text(value);
}

// "orders 0197…: status paid, totalAmount 10.00": table and id, then the columns.
std::string row_text(const Json& row) {
  if (!row.is_object()) return value_text(row);
  std::string text = JsonView(row)["table"].text(), id = JsonView(row)["id"].text();
  if (!id.empty()) text += (text.empty() ? "" : " ") + id;
  const char* separator = text.empty() ? "" : ": ";
  for (const auto& [name, value] : row.items()) {
    if (name == "table" || name == "id") continue;
    text += fmt::format("{}{} {}", separator, name, value_text(value));
    separator = ", ";
  }
  return text;
}

// The order that a witness is about, if `sagactl trace` can show it.
std::string order_of(const JsonView& witness) {
  for (const Json& json : witness["rows"].list()) {
    const JsonView row(json);
    const std::string table = row["table"].text();
    if (table.starts_with("sql.") || table.starts_with("mongodb.")) return {};  // of another system
    if (table == "orders" || table == "saga_instances") return row["id"].text();
    if (!row["orderId"].text().empty()) return row["orderId"].text();
  }
  for (const Json& json : witness["requests"].list())
    if (const JsonView request(json); !request["correlationId"].text().empty())
      if (const std::string order = request["orderId"].text(); !order.empty()) return order;
  return {};
}

std::string witness_text(const JsonView& witness, const std::string& reason) {
  std::string text;
  const auto line = [&](std::string_view label, const std::string& what) {
    text += fmt::format("{:{}}{:<8}  {}\n", "", word_width + 4, label, what);
  };
  // The second line of `why` is what was expected; the first is the reason, unless there are more cases.
  for (const Json& why : witness["why"].list())
    if (&why != &witness["why"].list().front()) line("expected", value_text(why));
  if (const auto& why = witness["why"].list(); why.size() > 1 && !reason.starts_with(value_text(why.front())))
    line("found", value_text(why.front()));
  for (const Json& row : witness["rows"].list()) line("row", row_text(row));
  for (const Json& request : witness["requests"].list()) line("request", row_text(request));
  for (const Json& fault : witness["faults"].list()) line("fault", value_text(fault));
  std::string nodes;
  for (const Json& node : witness["nodes"].list()) nodes += (nodes.empty() ? "" : ", ") + value_text(node);
  if (!nodes.empty()) line("nodes", nodes);
  const auto& more = witness["more"].list();
  for (std::size_t i = 0; i < std::min(more.size(), more_shown); ++i) line("also", value_text(more[i]));
  if (more.size() > more_shown) line("also", "...  (all of them: -o json, --save or --report)");
  if (const std::string order = order_of(witness); !order.empty()) line("see also", "sagactl trace " + order);
  return text;
}

// Beside the verdict: a run that passed but missed a threshold did not succeed.
std::string thresholds_missed(const JsonView& result) {
  std::size_t missed = 0, undecided = 0;
  for (const Json& threshold : result["thresholds"].list()) {
    missed += JsonView(threshold)["verdict"].text() == "FAIL";
    undecided += JsonView(threshold)["verdict"].text() == "UNKNOWN";
  }
  if (missed > 0) return fmt::format(", and {} missed", count_of(missed, "threshold"));
  return undecided > 0 ? fmt::format(", and {} undecided", count_of(undecided, "threshold")) : std::string();
}

std::string padded(const std::string& word, const TextStyle& style) {
  return ruling_word(word, style) + std::string(word_width - std::min(word_width, word.size()), ' ');
}

// How many verdicts from that place on are UNKNOWN for the same reason alone.
std::size_t alike_from(const Json& verdicts, std::size_t first) {
  const JsonView one(verdicts[first]);
  std::size_t end = first;
  while (end < verdicts.size()) {
    const JsonView verdict(verdicts[end]);
    const bool is_plain =
        verdict["counted"].is_true() && verdict["verdict"].text() == "UNKNOWN" && verdict["witness"].empty();
    if (!is_plain || verdict["reason"].text() != one["reason"].text()) break;
    ++end;
  }
  return end - first;
}

// The reason once, and the names in lines of their own.
std::string alike_text(const Json& verdicts, std::size_t first, std::size_t count, const TextStyle& style) {
  constexpr std::size_t line_max = 100;
  std::string text = fmt::format("  {}  {} verdicts: {}\n", padded("UNKNOWN", style), count,
                                 printable(JsonView(verdicts[first])["reason"].text()));
  std::string line;
  const auto end_line = [&] { text += fmt::format("{:{}}{}\n", "", word_width + 4, std::exchange(line, {})); };
  for (std::size_t i = first; i < first + count; ++i) {
    const std::string name = JsonView(verdicts[i])["name"].text();
    if (line.size() + name.size() + word_width + 6 > line_max) end_line();
    line += (line.empty() ? "" : "  ") + name;
  }
  end_line();
  return text;
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
  for (const Json& verdict : view["verdicts"].list()) width = std::max(width, JsonView(verdict)["name"].text().size());
  std::string text = "Verdicts\n";
  const auto& verdicts = view["verdicts"].list();
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const std::size_t alike = alike_from(verdicts, i);
    if (alike >= alike_min) {
      text += alike_text(verdicts, i, alike, style);
      i += alike - 1;
      continue;
    }
    const JsonView verdict(verdicts[i]);
    const bool counts = verdict["counted"].is_true();
    const std::string word = verdict["verdict"].text(), reason = printable(verdict["reason"].text());
    text += fmt::format("  {}  {:<{}}  {}\n", counts ? padded(word, style) : fmt::format("{:<{}}", "-", word_width),
                        verdict["name"].text(), width, reason);
    if (counts) text += witness_text(verdict["witness"], reason);
  }
  return text + fmt::format("Verdict: {}{}\n", ruling_word(view["verdict"].text(), style), thresholds_missed(view));
}

std::string threshold_section(const Json& result, const TextStyle& style) {
  const auto& thresholds = JsonView(result)["thresholds"].list();
  if (thresholds.empty()) return {};
  std::size_t width = 0, missed = 0, undecided = 0;
  for (const Json& threshold : thresholds) width = std::max(width, JsonView(threshold)["threshold"].text().size());
  std::string text = "\nThresholds\n";
  for (const Json& json : thresholds) {
    const JsonView threshold(json);
    const std::string ruling = threshold["verdict"].text();
    missed += ruling == "FAIL";
    undecided += ruling == "UNKNOWN";
    text += fmt::format("  {}  {:<{}}  {}\n", padded(ruling, style), threshold["threshold"].text(), width,
                        threshold["reason"].text());
  }
  text += missed > 0      ? fmt::format("Thresholds: {} of {} missed", missed, thresholds.size())
          : undecided > 0 ? fmt::format("Thresholds: {} of {} undecided", undecided, thresholds.size())
                          : std::string("Thresholds: all met");
  return text + '\n';
}

}  // namespace sagactl
