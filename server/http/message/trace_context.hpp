// W3C Trace Context: the `traceparent` of a request, and the one that it propagates.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sagactl::http {

struct TraceContext {
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};         // this request's own span
  std::array<std::uint8_t, 8> parent_span_id{};  // the client's span; zero when it sent none
  std::uint8_t flags = 1;                        // those of trace_flags_kept

  // A new trace.
  static TraceContext fresh();
  // Continues the trace of a header value with a new span; none when the value is malformed.
  static std::optional<TraceContext> from(std::string_view traceparent);

  bool is_continued() const { return parent_span_id != std::array<std::uint8_t, 8>{}; }  // the client sent one
  std::string traceparent() const;    // 00-<trace id>-<span id>-<flags>, to propagate
  std::string trace_id_text() const;  // 32 hexadecimal digits
};

}  // namespace sagactl::http
