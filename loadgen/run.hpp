// Runs a load test: accounts, connections, warm-up, load and the result.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "httpclient/http_message.hpp"
#include "loadgen/ledger/answer_counts.hpp"
#include "loadgen/ledger/entry_log.hpp"
#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/ledger/step_figures.hpp"
#include "loadgen/options.hpp"

namespace sagactl {

// Of the measured phases.
struct RequestCounts {
  std::uint64_t sent = 0;
  std::uint64_t accepted = 0;  // as new orders
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;          // refused: 4xx, 503; without those of refused_as_asked
  std::uint64_t failed = 0;            // answered with a 5xx other than 503: indeterminate
  std::uint64_t transport_errors = 0;  // time-out, reset, unreadable: indeterminate; no connection: unreached
  std::uint64_t timeouts = 0;          // of the transport errors
  std::uint64_t unreached = 0;         // of the transport errors, never sent and not in `sent`
  std::uint64_t repeated = 0;          // accepted again, as an order that an earlier answer to the same key had named
  std::uint64_t refused_as_asked = 0;  // refused, and meant to fail: no errors
  // Answered as they should be: counts_as_error() is false of each.
  std::uint64_t good() const { return accepted + repeated + duplicates + refused_as_asked; }
  friend bool operator==(const RequestCounts&, const RequestCounts&) = default;
};

// The TLS connections of a run.
struct TlsHealth {
  bool is_used = false;
  bool insecure = false;  // no server had to prove who it is
  // From the accepted connection (and through a proxy's tunnel) to where a request can be sent.
  Histogram handshakes;
  std::uint64_t resumed = 0;  // of these, with an earlier session
};

// Whether the generator kept its plan. A closed loop is never late.
struct GeneratorHealth {
  Histogram lateness;         // sent minus planned: includes waiting for a free connection
  Histogram own_lateness;     // the generator's own part of it, without waiting for connections and answers
  std::uint64_t skipped = 0;  // due requests dropped because the backlog was full
  std::uint32_t backlog_peak = 0;
  std::uint32_t connections_max = 0;   // the most it may open
  std::uint32_t connections_peak = 0;  // the most open at once
  std::uint32_t streams = 0;           // HTTP/2: requests of one connection at once, at most; 0: HTTP/1.1
  std::uint32_t reconnects = 0;
  std::uint32_t workers = 0;
  Pacing pacing = Pacing::sleep;  // never automatic
  double cpu_share = 0;           // processor seconds of the workers per second and worker, 0 to 1
  double cpu_seconds = 0;         // processor seconds of the workers in the measured phases
  TlsHealth tls;
};

// One second of the measured phases, from their start.
struct LoadSecond {
  std::uint64_t planned = 0;  // open loop: also what was skipped; closed: as sent
  std::uint64_t sent = 0;
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t errors = 0;  // all other outcomes
  Duration response_max{0};
  std::uint64_t repeated = 0;
  std::uint64_t refused_as_asked = 0;
  friend bool operator==(const LoadSecond&, const LoadSecond&) = default;
};

// One of the machines that sent a run together.
struct AgentResult {
  std::string address;  // as in Ledger::agents
  std::string host;     // its name of itself
  GeneratorHealth generator;
  Duration clock_difference{0};   // its time of day minus the leader's
  Duration clock_uncertainty{0};  // half of the shortest round trip: the accuracy of its times
  Duration clock_drift{0};        // how far its clock moved against the leader's during the run
  std::string lost;               // why it did not finish; "": it did
  Duration lost_after{0};         // of the load, at the last contact
  std::uint64_t reported = 0;     // of a lost one: sent requests in the ledger, as in agent_figures_of()
  std::uint64_t unknown = 0;      // of a lost one: measured requests that it may have sent, of unknown outcome
};

struct RunResult {
  Ledger ledger;
  RequestCounts requests;
  // Of the measured requests that were sent (until the end of the answer or the time-out) or that timed out waiting for
  // a connection.
  Histogram response;  // from the planned send: what a user would have waited
  Histogram service;   // from the send, of those that were sent
  GeneratorHealth generator;
  Duration measured{0};  // from the first planned send to the last end
  // The time that rates are computed over: the same without the last hundredth of the answers (at least one), which may
  // be late, but at least until the last planned or sent request.
  Duration rated{0};
  AnswerCounts answers;
  std::vector<LoadSecond> seconds;
  std::vector<GroupOverlap> overlaps;
  JourneyFigures journeys;  // without steps for a run of single requests
  // Of each step: the beginning of an answer with which journeys ended early, "" for none.
  std::vector<std::string> unexpected_answers;
  // By user: the headers that its log-in gave. Secret; empty without a log-in.
  std::vector<HttpHeaders> user_headers;
  std::string tear_down_error;      // "" if it was done
  std::vector<AgentResult> agents;  // of a run that agents sent; otherwise empty
  // Of each step, by status: the beginning of the first answer.
  std::vector<std::map<int, std::string>> first_answers;
  bool interrupted = false;  // the result is partial
};

struct AgentProgress {
  std::string address;
  std::string state;  // "sending", "lost" ...
  std::uint64_t sent = 0;
};

struct LoadProgress {
  std::string phase;
  std::uint64_t sent = 0;  // in all measured phases so far, like the next three
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t errors = 0;
  std::uint64_t orders_planned = 0;           // 0: limited by duration
  double rate = 0;                            // sent per second, over the last quarter second
  std::optional<double> rate_planned;         // open loop: in this second
  Duration response_p50{0}, response_p99{0};  // of about the last second, at most one eighth too long
  std::vector<std::uint64_t> answered;        // by target, warm-up included
  EntryCounts totals;                         // since the start, warm-up included
  Duration elapsed{0};                        // of this phase
  std::optional<Duration> left;               // of this phase, if known
  std::vector<AgentProgress> agents;          // empty: there are none
};

using ProgressCallback = std::function<void(const LoadProgress&)>;

// Blocks until every request has its outcome. `interrupt` ends the load early: requests in flight get up to one second,
// then they are indeterminate. `progress`, if set, is called on the calling thread about four times a second. Errors:
// `invalid` options; `unavailable` if no target accepts connections at the start; `unauthenticated` if no account could
// be opened. A target that becomes unavailable later is no error: its requests show it.
Result<RunResult> run_load(const LoadOptions& options, std::stop_token interrupt = {},
                           const ProgressCallback& progress = {});

// The generator's part of `loadtest -o json` (contract section 5).
Json requests_json(const RequestCounts& requests);
// The counts of a result that may be an older one's; those that it lacks are 0.
RequestCounts request_counts(const Json& requests);
// Milliseconds: p50, p90, p99, p999, max; samples; tooFewSamplesFor, the names of the percentiles that have
// fewer than samples_needed().
Json latency_json(const Histogram& histogram);
Json generator_json(const GeneratorHealth& health);

}  // namespace sagactl
