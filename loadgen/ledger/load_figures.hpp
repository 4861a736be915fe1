// The figures of a load test, from its ledger alone, so that those of a run and of its saved ledger are the same.
#pragma once

#include <vector>

#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

struct LoadFigures {
  RequestCounts requests;
  Histogram response, service, lateness;  // as in RunResult and GeneratorHealth
  Duration measured{0}, rated{0};         // as in RunResult
  Timestamp begin;                        // of the first second: the first planned send
  std::vector<LoadSecond> seconds;        // `planned` counts only requests in the ledger
};

// The most seconds; the last one holds everything after it.
constexpr std::size_t load_seconds_max = 24 * 3600;

LoadFigures figures_of(const Ledger& ledger);

// The requests that a server accepted again: their answers named the order that an earlier answer to another request of
// the same duplicate group had named. A server that repeats its answer for a key that it knows does so.
class RepeatedAnswers {
 public:
  explicit RepeatedAnswers(const Ledger& ledger);
  bool has(const LedgerEntry& entry) const;

 private:
  std::vector<std::uint64_t> operations_;  // sorted
};

// Whether a server refused an order that was meant to fail, as it should.
bool is_refused_as_asked(const LedgerEntry& entry);
// Whether a request that creates an order is an error: neither accepted, nor refused as a duplicate or as asked.
bool counts_as_error(const LedgerEntry& entry);
// The same of a request of another step: it was not answered as its step expects.
bool step_counts_as_error(const LedgerEntry& entry);

// One more request.
void count_request(RequestCounts& requests, const LedgerEntry& entry, const RepeatedAnswers& repeated);
// Whether a request has a response time: it was sent, or its time was over while it waited for a connection.
bool was_waited_for(const LedgerEntry& entry);

}  // namespace sagactl
