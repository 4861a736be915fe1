// Carries out a load test: accounts, connections, warm-up, load, and what came of it.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "loadgen/ledger/answer_counts.hpp"
#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/options.hpp"

namespace sagactl {

// Of the measured phases.
struct RequestCounts {
  std::uint64_t sent = 0;
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;          // said no: 4xx, 503
  std::uint64_t failed = 0;            // answered with a 5xx other than 503: indeterminate
  std::uint64_t transport_errors = 0;  // time-out, reset, unreadable: indeterminate; no connection: unreached
  std::uint64_t timeouts = 0;          // of the transport errors
  std::uint64_t unreached = 0;         // of the transport errors, never sent and not in `sent`
  friend bool operator==(const RequestCounts&, const RequestCounts&) = default;
};

// Whether the generator did what it was asked to. With a closed loop nothing can be late.
struct GeneratorHealth {
  Histogram lateness;         // sent minus planned: includes waiting for a free connection
  Histogram own_lateness;     // of that the generator's own part: without waiting for connections and answers
  std::uint64_t skipped = 0;  // due requests dropped because the backlog was full
  std::uint32_t backlog_deepest = 0;
  std::uint32_t connections_wanted = 0;   // most that it might open
  std::uint32_t connections_reached = 0;  // most that were open at once
  std::uint32_t reconnects = 0;
  std::uint32_t workers = 0;
  Pacing pacing = Pacing::sleep;  // never automatic
  double cpu_share = 0;           // processor seconds of the workers per second and worker, 0 to 1
  double cpu_seconds = 0;         // processor seconds of the workers in the measured phases
};

// One second of the measured phases, by the machine's clock from the first of them.
struct LoadSecond {
  std::uint64_t planned = 0;  // open loop: also what was skipped; closed: as sent
  std::uint64_t sent = 0;
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t errors = 0;  // all other ends
  Duration response_max{0};
  friend bool operator==(const LoadSecond&, const LoadSecond&) = default;
};

struct RunResult {
  Ledger ledger;
  RequestCounts requests;
  // Of the measured requests that were sent (until the end of the answer, or until it was given up) or that
  // waited for a connection until their time was up.
  Histogram response;  // from planned: what a user would have waited
  Histogram service;   // of those that were sent: from then
  GeneratorHealth generator;
  Duration measured{0};  // of the measured phases, from the first plan to the last end
  // What rates are per: the same, but for the last hundredth of the answers (at least one), which may be late, and as
  // long as requests were still planned or sent.
  Duration rated{0};
  AnswerCounts answers;
  std::vector<LoadSecond> seconds;
  std::vector<GroupOverlap> overlaps;
  bool interrupted = false;  // it is partial
};

struct Progress {
  std::string phase;
  std::uint64_t sent = 0;  // in all measured phases so far, as are the next three
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t errors = 0;
  std::uint64_t orders_planned = 0;  // 0: the duration decides
  double rate = 0;                   // sent per second, over the last quarter second
  std::optional<double> rate_planned;  // open loop: of this second
  Duration response_p50{0}, response_p99{0};  // since the last second or so, at most an eighth too long
  std::vector<std::uint64_t> answered;        // by target, warm-up included
  Duration elapsed{0};               // of this phase
  std::optional<Duration> left;      // of this phase, where it is known
};

using ProgressCallback = std::function<void(const Progress&)>;

// Blocks until the load is done and every request has its outcome. `interrupt` ends it early: what is in
// flight gets up to a second to be answered, then is indeterminate. `progress`, if any, is called on the
// calling thread about four times a second. Errors: `invalid` options; `unavailable` if no target answers at
// the start; `unauthenticated` if no account could be had. A target that is away later is no error: its
// requests say so.
Result<RunResult> run_load(const LoadOptions& options, std::stop_token interrupt = {},
                           const ProgressCallback& progress = {});

// The generator's part of the result of `loadtest -o json` (contract section 5).
Json requests_json(const RequestCounts& requests);
// Milliseconds: p50, p90, p99, p999, max; samples; tooFewSamplesFor, the names of the percentiles that have
// fewer than samples_needed().
Json latency_json(const Histogram& histogram);
Json generator_json(const GeneratorHealth& health);

}  // namespace sagactl
