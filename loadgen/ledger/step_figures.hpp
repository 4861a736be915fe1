// The figures of the steps of a load test's journeys, and of the journeys as a whole, from its ledger alone.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

// Of the measured requests of one step; a step that asks until something is so has several in one journey.
struct StepFigures {
  std::string name;
  bool creates = false;
  std::uint64_t sent = 0;
  std::uint64_t unexpected = 0;   // answered with a status that the step does not expect
  std::uint64_t no_value = 0;     // the answer lacks a value that a later step needs
  std::uint64_t not_in_time = 0;  // repeated until its time was over
  std::uint64_t unanswered = 0;   // no answer, or not sent
  Histogram response, service;    // as in RunResult
};

struct JourneyFigures {
  std::vector<StepFigures> steps;  // those of the ledger, in order
  std::uint64_t started = 0;
  std::uint64_t completed = 0;  // reached their last step, and it was answered as expected
  Histogram time;               // of the completed ones, from the planned start to the last answer, pauses included
};

// Without steps for a run whose requests are all single.
JourneyFigures journey_figures_of(const Ledger& ledger);

// {"started", "completed", "time", "latency", "serviceLatency" (of the requests of all steps), "steps": [{"step",
// "creates", "sent", "unexpected", "noValue", "notInTime", "unanswered", "latency", "serviceLatency"}]}, with times as
// in latency_json().
Json journeys_json(const JourneyFigures& figures);

}  // namespace sagactl
