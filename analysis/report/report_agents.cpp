#include "analysis/report/report_agents.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

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
  std::vector<std::pair<const char*, const char*>> members = {
      {"sent", "sent"}, {"succeeded", "accepted"}, {"duplicates", "duplicates"}};
  if (result["requests"]["repeated"].count() > 0) members.insert(members.begin() + 2, {"repeated", "repeated"});
  if (result["requests"]["refusedAsAsked"].count() > 0) members.emplace_back("refusedAsAsked", "refused as asked");
  TextTable table("l" + std::string(members.size() + 4, 'r') + "ll");
  std::vector<std::string> names = {"Agent"};
  for (const auto& [member, name] : members) names.emplace_back(name);
  for (const char* name : {"errors", "p50, ms", "p99, ms", "max, ms", "clock", "end"}) names.emplace_back(name);
  table.row(names);
  for (const Json& row : result["agents"].list()) {
    const JsonView it(row), requests = it["requests"], latency = it["latency"];
    const std::uint64_t errors =
        requests["rejected"].count() + requests["failed"].count() + requests["transportErrors"].count();
    std::vector<std::string> cells = {it["agent"].text()};
    for (const auto& [member, name] : members) cells.push_back(with_separators(requests[member].count()));
    cells.push_back(with_separators(errors));
    for (const char* figure : {"p50", "p99", "max"}) cells.push_back(figure_ms(latency[figure]));
    cells.push_back(agent_clock_text(row));
    cells.push_back(agent_end_text(row));
    table.row(cells);
  }
  return table.text(0) + '\n';
}

}  // namespace sagactl
