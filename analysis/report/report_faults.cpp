#include "analysis/report/report_faults.hpp"

#include <fmt/format.h>

#include <iterator>

#include "analysis/readable.hpp"
#include "analysis/report/report_answers.hpp"

namespace sagactl {
namespace {

std::string seconds_of(const JsonView& ms) {
  return ms.number() ? fmt::format("{:.2f} s", to_hundredths(*ms.number() / 1000)) : "-";
}

std::string time_of(const JsonView& fault) {
  if (!fault["fromMs"].number()) return "never";
  if (*fault["fromMs"].number() == fault["toMs"].number()) return "at " + seconds_of(fault["fromMs"]);
  return fmt::format("{} to {}", seconds_of(fault["fromMs"]), seconds_of(fault["toMs"]));
}

std::string sagas_of(const JsonView& sagas) {
  if (sagas.empty()) return "-";
  std::string text = with_separators(sagas["started"].count());
  const char* separator = ": ";
  for (const char* end : {"completed", "compensated", "failed", "unfinished"}) {
    if (sagas[end].count() == 0) continue;
    fmt::format_to(std::back_inserter(text), "{}{} {}", separator, with_separators(sagas[end].count()), end);
    separator = ", ";
  }
  return text;
}

template <class Shown>
std::string in_three(const JsonView& fault, Shown shown) {
  std::string text;
  for (const char* part : {"before", "during", "after"})
    fmt::format_to(std::back_inserter(text), "{}{}", text.empty() ? "" : ", ", shown(fault[part]));
  return text;
}

}  // namespace

FaultFigures fault_figures(const JsonView& fault) {
  FaultFigures figures;
  figures.fault = printable(fault["fault"].text());
  if (fault["by"].text() == "proxy") figures.fault.insert(0, "proxy: ");
  figures.when = time_of(fault);
  figures.outcome = printable(fault["outcome"].text());
  figures.done = fault["done"].is_true();
  const JsonView requests = fault["requests"];
  figures.requests = requests.empty() ? "-" : with_separators(requests["requests"].count());
  figures.unanswered =
      requests.empty() ? "-" : with_separators(requests["indeterminate"].count() + requests["unreached"].count());
  figures.sagas = sagas_of(fault["sagas"]);
  figures.good = in_three(fault, [](const JsonView& window) {
    const auto rate = window["goodPerSecond"].number();
    return rate ? fmt::format("{:.1f}", *rate) : std::string("-");
  });
  figures.p99 = in_three(fault, [](const JsonView& window) { return figure_ms(window["p99"]); });
  figures.recovery = fault["recovery"].text();
  return figures;
}

std::string faults_section(const Json& json) {
  const JsonView result(json);
  if (result["faults"].list().empty()) return {};
  std::string text = "Faults, with what was under way until the load was as before\n";
  for (const Json& item : result["faults"].list()) {
    const FaultFigures it = fault_figures(JsonView(item));
    fmt::format_to(std::back_inserter(text), "  {}\n", it.fault);
    const auto line = [&](const char* name, const std::string& what) {
      fmt::format_to(std::back_inserter(text), "    {:<10}  {}\n", name, what);
    };
    line(it.done ? "done" : "NOT DONE", it.when + ": " + it.outcome);
    if (JsonView(item)["requests"].empty()) continue;
    line("requests", fmt::format("{}, {} without an answer", it.requests, it.unanswered));
    if (it.sagas != "-") line("sagas", it.sagas);
    line("good/s", it.good + "  (before, during, after)");
    line("p99, ms", it.p99);
    line("recovery", it.recovery);
  }
  return text + '\n';
}

}  // namespace sagactl
