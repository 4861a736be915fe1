// Latency data for charts: the percentile curve, and the heat map over time.
#pragma once

#include "common/text/json.hpp"
#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

// [[percentile, ms], ...] from 0 towards 100, finer towards the end: five points per halving of the
// distance to 100, as far as there are samples; the maximum is last.
Json percentile_curve(const Histogram& histogram);

// {columns, columnMs, rows:[upper bounds in ms], cells:[[column, row, count], ...]}: the measured requests
// that were sent, by the time they were planned for and by their response time, in at most 80 columns.
Json heat_map(const Ledger& ledger);

// The percentile file of HdrHistogram (".hgrm", in milliseconds), which its plotters read.
std::string hgrm(const Histogram& histogram);

}  // namespace sagactl
