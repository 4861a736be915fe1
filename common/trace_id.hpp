// The id of a distributed trace, as W3C Trace Context has it: 32 hexadecimal digits in lower case, not all zeros.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/id.hpp"

namespace sagactl {

// The trace id in a `traceparent` ("00-<trace id>-<span id>-<flags>"), or the text itself when it is one.
std::optional<std::string> trace_id_of(std::string_view text);

// The same 16 bytes. A flow that started its own trace has its own id as the trace id.
Uuid uuid_of_trace(std::string_view trace_id);

}  // namespace sagactl
