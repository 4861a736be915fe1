#include "analysis/agents_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/readable.hpp"
#include "common/time.hpp"

namespace sagactl {
namespace {

std::string text_of_lost(const AgentResult& agent) {
  return fmt::format(
      "{} was lost {} after the start of the load ({}): it had reported {} as sent, and of {} more it "
      "is not known whether they were sent",
      agent.address, format_duration(agent.lost_after), agent.lost, count_of(agent.reported, "request"),
      with_separators(agent.unknown));
}

}  // namespace

std::optional<Verdict> every_agent_finished(const RunResult& load) {
  constexpr std::string_view name = "every-agent-finished";
  if (load.agents.empty()) return std::nullopt;
  std::string lost;
  Json rows = Json::array();
  Duration uncertainty{0};
  for (const AgentResult& agent : load.agents) {
    uncertainty = std::max(uncertainty, agent.clock_uncertainty);
    if (agent.lost.empty()) continue;
    lost += (lost.empty() ? "" : "; ") + text_of_lost(agent);
    rows.push_back({{"agent", agent.address}, {"reported", agent.reported}, {"unknown", agent.unknown}});
  }
  if (!lost.empty()) {
    Verdict verdict = undecided(name, lost + "; so the load was ended early");
    verdict.witness = Json{{"rows", std::move(rows)}};
    return verdict;
  }
  return Verdict{.name = std::string(name),
                 .ruling = Ruling::pass,
                 .reason = fmt::format("{} sent their parts; their clocks are known to {}",
                                       count_of(load.agents.size(), "agent"), format_duration(uncertainty)),
                 .witness = nullptr};
}

}  // namespace sagactl
