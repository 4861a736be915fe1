// Sends spans to an OpenTelemetry collector by OTLP over HTTP, as JSON.
#pragma once

#include <memory>
#include <string>

#include "common/result.hpp"
#include "server/adapters/otlp/otlp_request.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/span_sink.hpp"

namespace sagactl {

struct OtlpOptions {
  std::string endpoint;  // "http://collector:4318"; spans go to /v1/traces below it
  otlp::Attributes resource = {};
  otlp::Attributes headers = {};  // of each request, such as a credential
  std::string version = "unknown";
  std::size_t queue_max = 8192;  // spans that wait; one more is dropped
  std::size_t batch_max = 512;
  Duration every = 1s;     // how long a span waits for others at most
  Duration timeout = 10s;  // of one request
  int tries_max = 3;       // of one batch, when the collector does not answer or says that it is busy
};

// A collector that hangs, refuses or is unavailable costs spans and nothing else. `clock` is used until stop(), which
// the destructor calls. `invalid` for an endpoint that is no address.
Result<std::unique_ptr<SpanSink>> make_otlp_exporter(OtlpOptions options, Clock& clock);

}  // namespace sagactl
