// Everything that is derived from a history in one reading: the verdicts, the distribution over nodes, the concurrent
// groups and the times of the sagas.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/check.hpp"
#include "analysis/figures/concurrent_groups.hpp"
#include "analysis/figures/distribution.hpp"
#include "analysis/figures/saga_timings.hpp"
#include "analysis/outstanding_work.hpp"

namespace sagactl {

struct ExamineOptions {
  CheckOptions check = {};
  HistoryFilter filter = {};
  // Not empty: everything but the verdicts of the database alone covers only the flows of this load test.
  std::string run = {};
  // The ledger of that run's client; null: there is none. Must outlive the call.
  const Ledger* ledger = nullptr;
};

struct Examination {
  Timestamp taken_at;  // on the database's clock
  std::vector<Verdict> verdicts;
  Distribution distribution;
  GroupSummary groups;
  SagaTimings sagas;
  std::vector<SagaCounts> faulted_sagas = {};  // open while a fault lasted, by its place in the ledger
  std::string saga_times = "in the database";  // where the times of sagas are from, after "sagas, "
  bool ends_are_known = true;                  // false: the counts of ended sagas mean nothing
  std::vector<NodeInfo> nodes;
  std::uint64_t orders = 0;  // that the figures cover, with users' sagas
  OutstandingWork outstanding_work = {};
  bool may_see_more = false;  // the server could not show all orders of the run, and may when it is asked again
  std::string unread = {};    // why a part of the database could not be read; "": all was
};

// With a ledger it gives all verdicts, without one those of the database alone.
Result<Examination> examine(History& history, const ExamineOptions& options);

// The verdicts of a load test without a database: all UNKNOWN, because of `why`.
std::vector<Verdict> verdicts_without_database(std::string_view why);

}  // namespace sagactl
