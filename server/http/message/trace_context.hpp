// W3C Trace Context: the `traceparent` that a request came with, and the one that it hands on.
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
  std::array<std::uint8_t, 8> parent_span_id{};  // the caller's span; zero when it sent none
  std::uint8_t flags = 1;                        // 1: sampled

  // A new trace.
  static TraceContext fresh();
  // Goes on from a header value with a span of its own; nothing when the value is malformed.
  static std::optional<TraceContext> from(std::string_view traceparent);

  bool is_continued() const { return parent_span_id != std::array<std::uint8_t, 8>{}; }  // the caller sent its own
  std::string traceparent() const;    // 00-<trace id>-<span id>-<flags>: what to hand on
  std::string trace_id_text() const;  // 32 hexadecimal digits
};

}  // namespace sagactl::http
