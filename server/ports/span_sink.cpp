#include "server/ports/span_sink.hpp"

#include "common/trace_id.hpp"

namespace sagactl {

// 00-<32 digits>-<16 digits>-<2 digits>: those that this program writes.
TraceParent sampled_parent(std::string_view traceparent) {
  constexpr std::size_t length = 55, span_at = 36, span_digits = 16;
  const auto trace = trace_id_of(traceparent);
  if (!trace || traceparent.size() != length || (trace_flags_of(traceparent) & 1) == 0) return {};
  return {*trace, std::string(traceparent.substr(span_at, span_digits))};
}

}  // namespace sagactl
