// The description of a run that an agent is given: its options, its share, and what was prepared. Secret: it holds
// tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "loadgen/options.hpp"
#include "loadgen/running/prepared_run.hpp"
#include "loadgen/schedule/load_share.hpp"

namespace sagactl {

// The most bytes of a message with a run, data files included.
inline constexpr std::size_t run_message_max = std::size_t{128} << 20;

struct RunDescription {
  std::string led_by;   // who leads it, for people: "ann@build-3 (17210)"
  LoadOptions options;  // without how the servers are reached, and without where large ledgers go: the agent's own
  LoadShare share;
  PreparedRun prepared;
  std::int64_t epoch_offset_ns = 0;  // see RunPart
};

std::string encoded(const RunDescription& description);  // CBOR (RFC 8949)
// `invalid` for anything that is not a description of this version. The options are checked as any others, by
// run_part().
Result<RunDescription> decoded_description(std::string_view message);

}  // namespace sagactl
