// A limit that a run must keep: p99<50ms, errors<1%, throughput>1000/s, saga-p99<2s, failed-sagas<1%.
#pragma once

#include <string>
#include <string_view>

#include "analysis/figures/saga_timings.hpp"
#include "analysis/verdict.hpp"
#include "common/result.hpp"
#include "loadgen/ledger/histogram.hpp"

namespace sagactl {

struct Threshold {
  enum class Metric { latency, saga_latency, errors, throughput, failed_sagas };
  std::string text;  // as it was written
  Metric metric = Metric::latency;
  double percentile = 0;  // of a latency: 0 to 100; 100 is the maximum
  bool below = true;      // the value must be below the limit; else above it
  double limit = 0;       // latency: microseconds; errors, failed sagas: a share; throughput: per second
};

// `invalid`, with what is wrong and how it would be right.
Result<Threshold> parse_threshold(std::string_view text);

// That no saga of a run ended as failed, waiting for a person: what a load test is held to unless a threshold of
// failed-sagas says otherwise.
Threshold no_saga_failed();

// What thresholds are held against. Pointers may be null: then it could not be measured.
struct Measured {
  const Histogram* response = nullptr;
  const Histogram* lateness = nullptr;  // the generator's own part of it; of a closed loop there is none
  const Histogram* saga = nullptr;
  double errors = 0;  // share of the requests that were neither accepted nor refused as duplicates
  double accepted_per_second = 0;
  const SagaCounts* sagas = nullptr;
};

struct ThresholdResult {
  Threshold threshold;
  Ruling ruling = Ruling::unknown;
  std::string actual;  // for people, with its unit
  std::string reason;
};

// A latency threshold does not PASS when the generator's own p99 lateness is more than a tenth of the p99
// latency, or when there were too few samples for the percentile and not all of them are within the limit:
// then it is UNKNOWN.
ThresholdResult evaluate(const Threshold& threshold, const Measured& measured);

Json to_json(const ThresholdResult& result);  // {threshold, actual, verdict, reason}

}  // namespace sagactl
