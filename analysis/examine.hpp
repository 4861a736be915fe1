// Everything that is to be found out about a history, in one reading: the verdicts, the distribution over
// nodes, the groups, and the times of the sagas.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/check.hpp"
#include "analysis/figures/concurrent_groups.hpp"
#include "analysis/figures/distribution.hpp"
#include "analysis/figures/saga_timings.hpp"
#include "analysis/still_to_come.hpp"

namespace sagactl {

struct ExamineOptions {
  CheckOptions check = {};
  HistoryFilter filter = {};
  // Only flows whose products are of this load test's run, for all but the verdicts of the database alone.
  std::string run = {};
  // What the client of that run knows; null: there is none. Must outlive the call.
  const Ledger* ledger = nullptr;
};

struct Examination {
  Timestamp taken_at;  // on the database's clock
  std::vector<Verdict> verdicts;
  Distribution distribution;
  GroupSummary groups;
  SagaTimings sagas;
  bool ends_are_seen = true;  // else the numbers of sagas that ended say nothing
  std::vector<NodeInfo> nodes;
  std::uint64_t orders = 0;  // that the distribution and the rest are of
  StillToCome still_to_come = {};
};

// With a ledger all verdicts are given, without one those of the database alone.
Result<Examination> examine(History& history, const ExamineOptions& options);

// The verdicts of a load test that could see no database: all UNKNOWN, because of `why`.
std::vector<Verdict> verdicts_without_database(std::string_view why);

}  // namespace sagactl
