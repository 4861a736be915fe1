// Waiting until every saga of a load test has ended.
#pragma once

#include <stop_token>

#include "cli/invocation.hpp"
#include "cli/progress.hpp"
#include "loadgen/ledger.hpp"
#include "server/ports/history.hpp"

namespace sagactl {

enum class Drained {
  all_ended,
  not_in_time,
  cannot_tell,  // neither the database nor the nodes tell
  interrupted,
};

// Looks into the database, or, where `source` is null, asks the nodes.
Drained wait_until_drained(const Invocation& invocation, HistorySource* source, const Ledger& ledger,
                           Duration limit, const std::stop_token& stop, ProgressLine& progress);

}  // namespace sagactl
