// The requests of a run per endpoint: a method and path at one target.
#pragma once

#include <vector>

#include "loadgen/ledger/answer_counts.hpp"
#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

struct EndpointFigures {
  std::uint16_t target = 0;          // index into Ledger::targets
  std::vector<AnswerCount> answers;  // the most frequent first, without texts
  std::uint64_t requests = 0;        // due, with those that were never sent
  std::uint64_t errors = 0;          // counts_as_error()
  Histogram response;                // as in RunResult
};

// Of the measured requests, by target.
std::vector<EndpointFigures> endpoints_of(const Ledger& ledger);

// [{method, path, target, requests, errors, answers:[{text, outcome, count}], latency}]; method and path are "" where
// the ledger does not have them.
Json endpoints_json(const std::vector<EndpointFigures>& endpoints, const Ledger& ledger);

}  // namespace sagactl
