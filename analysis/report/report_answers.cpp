#include "analysis/report/report_answers.hpp"

#include <fmt/format.h>

#include "analysis/readable.hpp"
#include "analysis/report/text_table.hpp"

namespace sagactl {
namespace {

constexpr std::size_t first_shown = 120;

std::string first_of(const JsonView& answer) {
  const std::string outcome = answer["outcome"].text();
  std::string text = answer["first"].text();
  const bool unread = text.starts_with("Content-Encoding: ");
  if (((outcome == "accepted" || outcome == "duplicate") && !unread) || text.empty()) return {};
  if (text.size() <= first_shown) return text;
  std::size_t end = first_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + " ...";
}

// Empty unless targets differ.
std::string targets(const JsonView& result) {
  bool any = false;
  TextTable table("lrrr");
  table.row({"Target", "requests", "answered", "never sent"});
  for (const Json& row : result["answersByTarget"].list()) {
    const JsonView target(row);
    any = any || target["answered"].count() < target["requests"].count();
    table.row({target["target"].text(), with_separators(target["requests"].count()),
               with_separators(target["answered"].count()), with_separators(target["unreached"].count())});
  }
  return any && result["answersByTarget"].list().size() > 1 ? table.text() : std::string();
}

// Also of a single one: its latency and its errors stand beside its answers.
std::string endpoint_rows(const JsonView& result) {
  if (result["endpoints"].list().empty()) return {};
  TextTable table("lrrrrrl");
  table.row({"Endpoint", "requests", "errors", "p50, ms", "p99, ms", "max, ms", "answers"});
  for (const Json& row : result["endpoints"].list()) {
    const JsonView it(row);
    std::string name, answers;
    for (const char* part : {"method", "path", "target"})
      if (!it[part].text().empty()) name += (name.empty() ? "" : " ") + it[part].text();
    for (const Json& answer : it["answers"].list())
      answers += fmt::format("{}{} x {}", answers.empty() ? "" : ", ", JsonView(answer)["text"].text(),
                             with_separators(JsonView(answer)["count"].count()));
    table.row({name, with_separators(it["requests"].count()), with_separators(it["errors"].count()),
               figure_ms(it["latency"]["p50"]), figure_ms(it["latency"]["p99"]), figure_ms(it["latency"]["max"]),
               answers});
  }
  return table.text(0);
}

}  // namespace

std::string figure_ms(const JsonView& value) {
  return value.number() ? fmt::format("{:.2f}", *value.number()) : "-";
}

std::string answers_section(const Json& json) {
  const JsonView result(json);
  if (result["answers"].list().empty()) return {};
  TextTable table("lrll");
  table.row({"Answers", "count", "outcome", "first answer"});
  for (const Json& row : result["answers"].list()) {
    const JsonView answer(row);
    table.row(
        {answer["text"].text(), with_separators(answer["count"].count()), answer["outcome"].text(), first_of(answer)});
  }
  return table.text(0) + endpoint_rows(result) + targets(result) + '\n';
}

std::string journeys_section(const Json& json) {
  const JsonView journeys = JsonView(json)["journeys"];
  if (journeys.empty()) return {};
  TextTable table("lrrrrrrr");
  table.row({"Step", "requests", "unexpected", "not in time", "no answer", "p50, ms", "p99, ms", "max, ms"});
  for (const Json& row : journeys["steps"].list()) {
    const JsonView it(row);
    table.row({it["step"].text(), with_separators(it["sent"].count()),
               with_separators(it["unexpected"].count() + it["noValue"].count()),
               with_separators(it["notInTime"].count()), with_separators(it["unanswered"].count()),
               figure_ms(it["latency"]["p50"]), figure_ms(it["latency"]["p99"]), figure_ms(it["latency"]["max"])});
  }
  const JsonView time = journeys["time"];
  return fmt::format("{}Journeys: {} of {} complete; p50 {} ms, p99 {} ms, max {} ms, pauses included\n\n",
                     table.text(0), with_separators(journeys["completed"].count()),
                     with_separators(journeys["started"].count()), figure_ms(time["p50"]), figure_ms(time["p99"]),
                     figure_ms(time["max"]));
}

}  // namespace sagactl
