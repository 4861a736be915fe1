// The figures of a load test, from its ledger alone: those of a run that has just ended and of one read from
// a file are the same.
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
  Timestamp begin;                  // of the first second: the first measured plan
  std::vector<LoadSecond> seconds;  // `planned` counts the plans of the requests that the ledger has
};

// At most this many seconds: the last one holds what comes after it.
constexpr std::size_t load_seconds_max = 24 * 3600;

LoadFigures figures_of(const Ledger& ledger);

}  // namespace sagactl
