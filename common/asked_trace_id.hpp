// The trace that a user asks for, by a text that may be the id of something else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sagactl {

// Of a traceparent or a trace id, as trace_id_of() takes them but also in capitals, or of a UUID: an imported saga's id
// where it comes from is the id of its trace here.
std::optional<std::string> asked_trace_id(std::string_view text);

}  // namespace sagactl
