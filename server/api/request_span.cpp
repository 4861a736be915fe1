#include "server/api/request_span.hpp"

#include <fmt/format.h>

#include "common/text/hex.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

void add_request_span(const Context& context, const http::Request& request) {
  const http::TraceContext& trace = request.trace;
  if (!context.spans || (trace.flags & 1) == 0 || !request.route) return;
  const auto took = std::chrono::steady_clock::now() - request.received;
  Span span;
  span.trace_id = trace.trace_id_text();
  append_hex(span.id, trace.span_id);
  if (trace.is_continued()) append_hex(span.parent_id, trace.parent_span_id);
  span.name = fmt::format("{} {}", request.method_text, request.route->pattern);
  span.kind = SpanKind::server;
  span.ended = context.clock.now();
  span.began = span.ended - std::chrono::duration_cast<Duration>(took);
  span.attributes = {{"http.request.method", request.method_text},
                     {"http.route", std::string(request.route->pattern)},
                     {"sagactl.correlation.id", request.correlation_id},
                     {"sagactl.node", context.options.node}};
  context.spans->add(std::move(span));
}

}  // namespace sagactl::api
