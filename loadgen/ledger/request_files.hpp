// The requests of a run as tables for other programs.
#pragma once

#include <filesystem>

#include "common/result.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

// RFC 4180 with a header: one line per request, warm-up included, and those of all steps of journeys. Times are
// microseconds since 1970 by this machine's clock, and empty where something did not happen; durations are
// milliseconds. The column `step` is there for journeys, and `agent` where several machines have sent the run.
Result<void> save_requests_csv(const Ledger& ledger, const std::filesystem::path& path);

// A result file of Apache JMeter in its CSV format, with JMeter's default columns and their names (JMeter 5.6,
// jmeter.save.saveservice.*): read by JMeter's listeners and report generator, and by the performance plugin of
// Jenkins. Warm-up is left out. The label is the method and path, or the name of another step of a journey. `elapsed`
// counts from the send, as it does there; sizes are not known and 0.
Result<void> save_requests_jtl(const Ledger& ledger, const std::filesystem::path& path);

}  // namespace sagactl
