#include "loadgen/ledger/endpoint_figures.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "loadgen/ledger/load_figures.hpp"
#include "loadgen/run.hpp"

namespace sagactl {
namespace {

struct Collected {
  EndpointFigures figures;
  std::map<std::tuple<std::uint16_t, TransportFailure, RequestOutcome>, std::uint64_t> answers;
};

void add(Collected& collected, const LedgerEntry& entry) {
  ++collected.figures.requests;
  collected.figures.errors += counts_as_error(entry);
  ++collected.answers[{entry.http_status, entry.failure, entry.outcome}];
  if (was_waited_for(entry)) collected.figures.response.record(entry.response_time());
}

EndpointFigures finished(Collected collected) {
  EndpointFigures figures = std::move(collected.figures);
  for (const auto& [kind, count] : collected.answers)
    figures.answers.push_back({std::get<0>(kind), std::get<1>(kind), std::get<2>(kind), count});
  std::stable_sort(figures.answers.begin(), figures.answers.end(),
                   [](const AnswerCount& a, const AnswerCount& b) { return a.count > b.count; });
  return figures;
}

}  // namespace

std::vector<EndpointFigures> endpoints_of(const Ledger& ledger) {
  std::map<std::uint16_t, Collected> by_target;
  for (const LedgerEntry& entry : ledger.entries)
    if (ledger.is_measured(entry)) add(by_target[entry.target], entry);
  std::vector<EndpointFigures> endpoints;
  for (auto& [target, collected] : by_target) {
    collected.figures.target = target;
    endpoints.push_back(finished(std::move(collected)));
  }
  return endpoints;
}

Json endpoints_json(const std::vector<EndpointFigures>& endpoints, const Ledger& ledger) {
  Json list = Json::array();
  for (const EndpointFigures& it : endpoints) {
    Json answers = Json::array();
    for (const AnswerCount& answer : it.answers)
      answers.push_back({{"text", text_of(answer)}, {"outcome", to_string(answer.outcome)}, {"count", answer.count}});
    list.push_back({{"method", ledger.method},
                    {"path", ledger.path},
                    {"target", ledger.targets[it.target]},
                    {"requests", it.requests},
                    {"errors", it.errors},
                    {"answers", std::move(answers)},
                    {"latency", latency_json(it.response)}});
  }
  return list;
}

}  // namespace sagactl
