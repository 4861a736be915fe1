// A limit that a run must meet: p99<50ms, errors<1%, throughput>1000/s, saga-p99<2s, failed-sagas<1%.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/figures/saga_timings.hpp"
#include "analysis/verdict.hpp"
#include "common/result.hpp"
#include "loadgen/ledger/histogram.hpp"

namespace sagactl {

struct Threshold {
  enum class Metric { latency, saga_latency, errors, throughput, failed_sagas };
  std::string text;  // as the user wrote it
  Metric metric = Metric::latency;
  double percentile = 0;  // of a latency: 0 to 100; 100 is the maximum
  bool below = true;      // the value must be below the limit, or zero where that is zero; else above it
  double limit = 0;       // latency: microseconds; errors, failed sagas: a share; throughput: per second
};

// `invalid`, with what is wrong and an example.
Result<Threshold> parse_threshold(std::string_view text);

// No saga of a run may end as failed, needing manual intervention. The default of a load test, replaced by a threshold
// of failed-sagas.
Threshold no_saga_failed();

// What thresholds are compared with. A null pointer: not measured.
struct Measured {
  const Histogram* response = nullptr;
  const Histogram* service = nullptr;   // the same from the send: without lateness and waiting
  const Histogram* lateness = nullptr;  // the generator's own part of it; null for a closed loop
  const Histogram* saga = nullptr;
  // Share of the requests due that were neither accepted nor refused as duplicates; nothing when none was due.
  std::optional<double> errors = std::nullopt;
  double accepted_per_second = 0;
  const SagaCounts* sagas = nullptr;
  Duration rated{0};          // what the throughput is computed over
  std::uint64_t due = 0;      // what `errors` is a share of
  std::uint64_t skipped = 0;  // of these, never sent because the backlog was full
  std::uint64_t cut = 0;      // requests whose end was not seen, as the run was cut short
  std::uint64_t lost = 0;     // of these, those that an agent may have sent which was lost: they are not in `due`
};

// Whether the generator's own p99 lateness is more than a tenth of the p99 latency.
bool is_too_late(const Measured& measured);

struct ThresholdResult {
  Threshold threshold;
  Ruling ruling = Ruling::unknown;
  std::string actual;  // for people, with its unit
  std::string reason;
};

// UNKNOWN where what is in doubt could change the result: a figure that may only be better than it was seen and is
// within its limit is PASS, and one that may only be worse and is not within it is FAIL. A percentile of too few
// samples is UNKNOWN if not all of them are within the limit. A threshold about nothing, of latencies without an answer
// or of errors without a request, is UNKNOWN as well. docs/verdicts.md has the table.
ThresholdResult evaluate(const Threshold& threshold, const Measured& measured);

Json to_json(const ThresholdResult& result);  // {threshold, actual, verdict, reason}

}  // namespace sagactl
