#include <fmt/format.h>

#include <cmath>

#include "analysis/readable.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/report_verdicts.hpp"
#include "analysis/report/text_table.hpp"
#include "analysis/result/comparison.hpp"

namespace sagactl {
namespace {

std::string number(double value) {
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
}

std::string shown(const FigureSide& side) {
  if (!side.value) return "-";
  if (!side.interval) return number(*side.value);
  return fmt::format("{} ({} to {})", number(*side.value), number(side.interval->low), number(side.interval->high));
}

std::string shown(const FigureChange& figure) {
  std::string change = figure.change ? fmt::format("{:+.1f} %", *figure.change * 100) : "";
  if (figure.interval)
    change += fmt::format(" ({:+.1f} to {:+.1f})", figure.interval->low * 100, figure.interval->high * 100);
  const auto with = [&](std::string_view finding) {
    return change.empty() ? std::string(finding) : fmt::format("{}, {}", change, finding);
  };
  if (!figure.before.value || !figure.after.value) return "";
  switch (figure.finding) {
    case FigureChange::Difference::higher:
      return with("higher");
    case FigureChange::Difference::lower:
      return with("lower");
    case FigureChange::Difference::same:
      return figure.interval ? fmt::format("no difference ({:+.1f} to {:+.1f} %)", figure.interval->low * 100,
                                           figure.interval->high * 100)
                             : "no difference";
    case FigureChange::Difference::undecided:
      return with("not enough data");
  }
  return {};
}

std::string heading(const std::vector<std::string>& runs) {
  return runs.size() == 1 ? runs.front() : count_of(runs.size(), "run");
}

std::string explanation(const Comparison& comparison) {
  if (comparison.runs_before.size() == 1 && comparison.runs_after.size() == 1)
    return "One run on each side: the 95 % intervals cover the variation within each run. The variation between runs\n"
           "shows only with several runs: --compare BEFORE.json ... --with AFTER.json ...\n";
  std::string text = "Medians (lowest to highest), and the change with its 95 % interval over the runs.\n";
  const std::size_t pairs = comparison.runs_before.size() * comparison.runs_after.size();
  if (pairs < 15 || comparison.runs_before.size() < 3 || comparison.runs_after.size() < 3)
    text += "An interval needs four runs on each side, or three on one and five on the other.\n";
  return text;
}

}  // namespace

std::string compare_text(const Comparison& comparison, const TextStyle& style) {
  std::string text;
  for (const std::string& difference : comparison.unlike)
    text += (text.empty() ? "The runs differ in their settings:\n  " : "  ") + difference + '\n';
  if (!text.empty()) text += '\n';
  TextTable table("lrrl");
  table.row({"", heading(comparison.runs_before), heading(comparison.runs_after), "change"});
  for (const FigureChange& figure : comparison.figures)
    table.row({figure.name, shown(figure.before), shown(figure.after), shown(figure)});
  text += table.text(0) + explanation(comparison) + '\n';
  for (const VerdictChange& verdict : comparison.verdicts)
    text += fmt::format("{}: {}, now {}\n", verdict.name, verdict.before, ruling_word(verdict.after, style));
  if (comparison.verdicts.empty()) text += "The verdicts are the same.\n";
  return text;
}

}  // namespace sagactl
