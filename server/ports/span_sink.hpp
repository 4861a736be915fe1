// Spans of distributed traces, for a collector. W3C Trace Context and OpenTelemetry's trace data model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.hpp"

namespace sagactl {

// The numbers are those of OTLP.
enum class SpanKind : std::uint8_t { internal = 1, server = 2, client = 3, producer = 4 };

struct Span {
  std::string trace_id;   // 32 hexadecimal digits in lower case
  std::string id;         // 16 of them
  std::string parent_id;  // the same; empty: it is the first of its trace
  std::string name;
  SpanKind kind = SpanKind::internal;
  Timestamp began, ended;
  bool is_failed = false;
  std::string error;  // why it failed
  std::vector<std::pair<std::string, std::string>> attributes;
};

struct SpanCounts {
  std::uint64_t exported = 0;
  std::uint64_t dropped = 0;  // the queue was full, or the collector did not take them
};

class SpanSink {
 public:
  virtual ~SpanSink() = default;

  // Any thread. Returns at once, whatever the collector does; a span over the limit of the queue is dropped.
  virtual void add(Span span) = 0;
  virtual SpanCounts counts() const = 0;
  // Sends what waits, for a second at most. From then on every span is dropped.
  virtual void stop() = 0;
};

// The parts of a sampled `traceparent`; both are empty when it is none, or is not sampled.
struct TraceParent {
  std::string trace_id, span_id;
};
TraceParent sampled_parent(std::string_view traceparent);

}  // namespace sagactl
