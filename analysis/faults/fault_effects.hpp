// What the faults of a load test did to its requests, from its ledger alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

// The measured requests that were due in a part of the load, by their planned send.
struct LoadWindow {
  Duration length{0};
  std::uint64_t requests = 0;
  std::uint64_t good = 0;  // no errors: accepted, answered as duplicates, or refused as asked
  Histogram response;      // from the planned send, of those that were sent or timed out

  double good_per_second() const;
  double good_share() const;  // 0 to 1; 1 without requests
};

// Of the measured requests that were in flight at some time between two moments; unsent ones while they were due.
struct HitRequests {
  static constexpr std::size_t listed_max = 100;

  std::uint64_t requests = 0, accepted = 0, duplicates = 0, rejected = 0, indeterminate = 0, unreached = 0;
  std::vector<std::uint64_t> hurt;  // the operations of the first that were errors
  friend bool operator==(const HitRequests&, const HitRequests&) = default;
};

enum class Recovery : std::uint8_t {
  recovered,    // rate and p99 were as before from some time on
  not_in_time,  // the load ended, or the next fault began, before that was so
  no_before,    // too few requests were due before the first fault
  no_after,     // too few were due after this one
  not_begun,
};

struct FaultEffect {
  Timestamp from,
      until;          // of the fault and its after-effect: until the load was as before, had ended, or the next began
  LoadWindow before;  // the first fault of all
  LoadWindow during;  // the fault; empty for one that is over at once
  LoadWindow after;   // it, until the end of its after-effect; empty if there was none
  HitRequests hit;    // in flight between `from` and `until`
  Recovery recovery = Recovery::not_begun;
  Duration recovered_after{0};  // since its end, if it is recovered
};

// By the place in `ledger.faults`. A load has recovered at the first of three consecutive windows in each of which the
// share of good requests is not lower than before (by more than a tenth and three standard deviations), and the p99 is
// at most twice the one before, or 10 ms more. A window is as long as 100 requests took before, 100 ms to 2 s.
std::vector<FaultEffect> fault_effects(const Ledger& ledger);

// When the first measured request was due: the beginning of the time line.
Timestamp load_begin(const Ledger& ledger);

// From when to when a fault is blamed for what happened; only those that have begun, by the place in `ledger.faults`.
struct FaultSpan {
  std::size_t fault = 0;
  Timestamp from, until;
};
std::vector<FaultSpan> fault_spans(const Ledger& ledger);

std::string recovery_text(const FaultEffect& effect);

}  // namespace sagactl
