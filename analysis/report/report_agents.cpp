#include "analysis/report/report_agents.hpp"

#include <fmt/format.h>

#include "analysis/readable.hpp"
#include "analysis/report/report_answers.hpp"
#include "analysis/report/text_table.hpp"
#include "analysis/result/json_view.hpp"

namespace sagactl {

std::string agent_clock_text(const Json& agent) {
  const JsonView it(agent);
  return fmt::format("{:+.2f} ms, known to {:.2f}", to_hundredths(it["clockDifferenceMs"].number().value_or(0)),
                     it["clockUncertaintyMs"].number().value_or(0));
}

std::string agent_end_text(const Json& agent) {
  const JsonView lost = JsonView(agent)["lost"];
  if (lost.empty()) return "finished";
  return fmt::format("LOST after {:.1f} s, {} unknown: {}", lost["afterMs"].number().value_or(0) / 1000,
                     with_separators(lost["unknown"].count()), lost["reason"].text());
}

std::string agents_section(const Json& json) {
  const JsonView result(json);
  if (result["agents"].list().empty()) return {};
  TextTable table("lrrrrrrrll");
  table.row({"Agent", "sent", "accepted", "duplicates", "errors", "p50, ms", "p99, ms", "max, ms", "clock", "end"});
  for (const Json& row : result["agents"].list()) {
    const JsonView it(row), requests = it["requests"], latency = it["latency"];
    const std::uint64_t errors =
        requests["rejected"].count() + requests["failed"].count() + requests["transportErrors"].count();
    table.row({it["agent"].text(), with_separators(requests["sent"].count()),
               with_separators(requests["succeeded"].count()), with_separators(requests["duplicates"].count()),
               with_separators(errors), figure_ms(latency["p50"]), figure_ms(latency["p99"]), figure_ms(latency["max"]),
               agent_clock_text(row), agent_end_text(row)});
  }
  return table.text(0) + '\n';
}

}  // namespace sagactl
