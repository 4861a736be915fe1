#include "server/ports/span_sink.hpp"

#include "common/text/hex.hpp"
#include "common/trace_id.hpp"

namespace sagactl {

// 00-<32 digits>-<16 digits>-<2 digits>: those that this program writes.
TraceParent sampled_parent(std::string_view traceparent) {
  constexpr std::size_t length = 55, span_at = 36, flags_at = 53;
  const auto trace = trace_id_of(traceparent);
  if (!trace || traceparent.size() < length) return {};
  const int flags = hex_byte(traceparent.substr(flags_at));
  if (flags < 0 || (flags & 1) == 0) return {};
  return {*trace, std::string(traceparent.substr(span_at, 16))};
}

}  // namespace sagactl
