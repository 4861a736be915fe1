// The id of a distributed trace, as W3C Trace Context has it: 32 hexadecimal digits in lower case, not all zeros.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/id.hpp"

namespace sagactl {

// The trace id in a `traceparent` ("00-<trace id>-<span id>-<flags>"), or the text itself when it is one.
std::optional<std::string> trace_id_of(std::string_view text);

// The flags that whoever continues a trace hands on: 1 sampled, 2 random trace id (W3C Trace Context Level 2, Candidate
// Recommendation Draft of 2024-03-28, 3.2.2.5). All others are to be 0.
inline constexpr std::uint8_t trace_flags_kept = 3;

// These flags of a `traceparent`; sampled when the text is none.
std::uint8_t trace_flags_of(std::string_view text);

// The same 16 bytes as a trace id. A flow that started its own trace has its own id as the trace id.
Uuid uuid_of_trace(std::string_view trace_id);

}  // namespace sagactl
