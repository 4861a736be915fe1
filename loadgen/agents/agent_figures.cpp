#include "loadgen/agents/agent_figures.hpp"

#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {
namespace {

double ms_of(Duration time) {
  return static_cast<double>(time.count()) / 1000.0;
}

Json lost_json(const AgentResult& agent) {
  if (agent.lost.empty()) return nullptr;
  return Json{{"reason", agent.lost},
              {"afterMs", ms_of(agent.lost_after)},
              {"reported", agent.reported},
              {"unknown", agent.unknown}};
}

}  // namespace

std::vector<AgentFigures> agent_figures_of(const Ledger& ledger) {
  std::vector<AgentFigures> agents(ledger.agents.size());
  const RepeatedAnswers repeated(ledger);
  for (const LedgerEntry& entry : ledger.entries) {
    if (!ledger.is_measured(entry) || entry.agent >= agents.size()) continue;
    AgentFigures& agent = agents[entry.agent];
    count_request(agent.requests, entry, repeated);
    if (was_waited_for(entry)) agent.response.record(entry.response_time());
  }
  return agents;
}

Json agents_json(const RunResult& load) {
  const std::vector<AgentFigures> figures = agent_figures_of(load.ledger);
  Json list = Json::array();
  for (std::size_t i = 0; i < load.agents.size(); ++i) {
    const AgentResult& agent = load.agents[i];
    const AgentFigures it = i < figures.size() ? figures[i] : AgentFigures{};
    list.push_back({{"agent", agent.address},
                    {"host", agent.host},
                    {"requests", requests_json(it.requests)},
                    {"latency", latency_json(it.response)},
                    {"ownLatenessP99", ms_of(agent.generator.own_lateness.percentile(99))},
                    {"skipped", agent.generator.skipped},
                    {"cpuShare", agent.generator.cpu_share},
                    {"clockDifferenceMs", ms_of(agent.clock_difference)},
                    {"clockUncertaintyMs", ms_of(agent.clock_uncertainty)},
                    {"clockDriftMs", ms_of(agent.clock_drift)},
                    {"lost", lost_json(agent)}});
  }
  return list;
}

}  // namespace sagactl
