// A result as Markdown, for a job summary or a comment.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/readable.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/report_agents.hpp"
#include "analysis/report/report_answers.hpp"
#include "analysis/report/report_faults.hpp"
#include "analysis/result/json_view.hpp"
#include "analysis/result/run_end.hpp"

namespace sagactl {
namespace {

constexpr std::size_t reason_max = 400, more_max = 5;

// On one line of a table, and without markup: texts come from other servers.
std::string cell(std::string_view text) {
  std::string safe;
  for (const char c : printable(text.substr(0, reason_max))) {
    if (std::string_view("\\`*_{}[]<>()#+-!|~&@").find(c) != std::string_view::npos && c != '-' && c != '(' && c != ')')
      safe.push_back('\\');
    safe.push_back(c == '\n' || c == '\r' ? ' ' : c);
  }
  return printable(safe) + (text.size() > reason_max ? " ..." : "");
}

const char* sign_of(std::string_view ruling) {
  return ruling == "PASS" ? "✅" : ruling == "FAIL" ? "❌" : "❔";
}

std::string verdicts(const JsonView& result) {
  std::string text = "\n| | verdict | |\n|---|---|---|\n";
  std::size_t aside = 0;
  for (const std::string_view wanted : {"FAIL", "UNKNOWN", "PASS"})
    for (const Json& item : result["verdicts"].list()) {
      const JsonView verdict(item);
      const std::string ruling = verdict["verdict"].text();
      if (ruling != wanted) continue;
      if (!verdict["counted"].is_true())
        ++aside;
      else
        text += fmt::format("| {} {} | `{}` | {} |\n", sign_of(ruling), ruling, verdict["name"].text(),
                            cell(verdict["reason"].text()));
    }
  if (aside > 0)
    text += fmt::format("\n{} not apply.\n", aside == 1 ? "1 verdict does" : fmt::format("{} verdicts do", aside));
  return text;
}

std::string witnesses(const JsonView& result) {
  std::string text;
  for (const Json& item : result["verdicts"].list()) {
    const JsonView verdict(item);
    if (verdict["verdict"].text() != "FAIL" || verdict["witness"].empty()) continue;
    Json witness = verdict["witness"].json();
    if (witness.contains("more") && witness["more"].size() > more_max)
      witness["more"].erase(witness["more"].begin() + more_max, witness["more"].end());
    // An indented block ends at the next line that is not indented; no fence in a text can end it.
    std::string block = "\n    " + json_text(witness, 1);
    for (std::size_t at = 1; (at = block.find('\n', at)) != std::string::npos; at += 5) block.insert(at + 1, "    ");
    text += fmt::format("\n**{}**\n{}\n", verdict["name"].text(), block);
  }
  return text;
}

std::string thresholds(const JsonView& result) {
  if (result["thresholds"].list().empty()) return {};
  std::string text = "\n| | threshold | |\n|---|---|---|\n";
  for (const Json& item : result["thresholds"].list()) {
    const JsonView it(item);
    text += fmt::format("| {} {} | {} | {} |\n", sign_of(it["verdict"].text()), it["verdict"].text(),
                        cell(it["threshold"].text()), cell(it["reason"].text()));
  }
  return text;
}

std::string endpoint_table(const JsonView& result) {
  if (result["endpoints"].list().empty()) return {};
  std::string text = "\n| endpoint | requests | errors | p50 ms | p99 ms | answers |\n|---|---:|---:|---:|---:|---|\n";
  for (const Json& item : result["endpoints"].list()) {
    const JsonView it(item);
    std::string answers;
    for (const Json& row : it["answers"].list()) {
      const JsonView answer(row);
      answers += fmt::format("{}{} x {}", answers.empty() ? "" : ", ", answer["text"].text(), answer["count"].count());
    }
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n",
                        cell(fmt::format("{} {} {}", it["method"].text(), it["path"].text(), it["target"].text())),
                        with_separators(it["requests"].count()), with_separators(it["errors"].count()),
                        figure_ms(it["latency"]["p50"]), figure_ms(it["latency"]["p99"]), cell(answers));
  }
  return text;
}

std::string agent_table(const JsonView& result) {
  if (result["agents"].list().empty()) return {};
  std::string text =
      "\n| agent | sent | accepted | p50 ms | p99 ms | clock | end |\n|---|---:|---:|---:|---:|---|---|\n";
  for (const Json& item : result["agents"].list()) {
    const JsonView it(item);
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", cell(it["agent"].text()),
                        with_separators(it["requests"]["sent"].count()),
                        with_separators(it["requests"]["succeeded"].count()), figure_ms(it["latency"]["p50"]),
                        figure_ms(it["latency"]["p99"]), cell(agent_clock_text(item)), cell(agent_end_text(item)));
  }
  return text;
}

std::string fault_table(const JsonView& result) {
  if (result["faults"].list().empty()) return {};
  std::string text = "\n| fault | | requests | without answer | sagas | p99 ms: before, during, after | recovery |\n";
  text += "|---|---|---:|---:|---|---|---|\n";
  for (const Json& item : result["faults"].list()) {
    const FaultFigures fault = fault_figures(JsonView(item));
    text += fmt::format("| {} {} | {} | {} | {} | {} | {} | {} |\n", fault.done ? "⚡" : "❔", cell(fault.fault),
                        cell(fault.when + ": " + fault.outcome), fault.requests, fault.unanswered, cell(fault.sagas),
                        fault.p99, cell(fault.recovery));
  }
  return text;
}

std::string step_table(const JsonView& result) {
  const JsonView journeys = result["journeys"];
  if (journeys.empty()) return {};
  std::string text = fmt::format("\n{} of {} journeys complete\n\n", with_separators(journeys["completed"].count()),
                                 with_separators(journeys["started"].count()));
  text += "| step | requests | unexpected | not in time | no answer | p50 ms | p99 ms |\n";
  text += "|---|---:|---:|---:|---:|---:|---:|\n";
  for (const Json& item : journeys["steps"].list()) {
    const JsonView it(item);
    text += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} |\n", cell(it["step"].text()), with_separators(it["sent"].count()),
        with_separators(it["unexpected"].count() + it["noValue"].count()), with_separators(it["notInTime"].count()),
        with_separators(it["unanswered"].count()), figure_ms(it["latency"]["p50"]), figure_ms(it["latency"]["p99"]));
  }
  return text;
}

}  // namespace

std::string markdown_report(const Json& json) {
  const JsonView result(json);
  const ShownEnd end = shown_end(json);
  std::string text = fmt::format("### sagactl {}{}: {}\n", result["kind"].text(),
                                 result["scenario"].empty() ? "" : " " + cell(result["scenario"].text()), end.text);
  text += "\n`" + printable(result["command"].text()) + "`\n";
  return text + verdicts(result) + thresholds(result) + fault_table(result) + endpoint_table(result) +
         agent_table(result) + step_table(result) + witnesses(result);
}

}  // namespace sagactl
