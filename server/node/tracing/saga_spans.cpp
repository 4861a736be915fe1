#include "server/node/tracing/saga_spans.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"

namespace sagactl {
namespace {

constexpr std::size_t span_digits = 16;

// Not all zeros, which would be no id.
std::string id_of(const std::string& what) {
  std::string id = hex(sha256(what)).substr(0, span_digits);
  if (id.find_first_not_of('0') == id.npos) id.back() = '1';
  return id;
}

Span span_of(const SagaProgress::Traced& traced, const TraceParent& parent, const NodeName& node) {
  const bool is_step = !traced.step.empty();
  Span span;
  span.trace_id = parent.trace_id;
  span.id = is_step ? step_span_id(traced.saga, traced.step, traced.direction, traced.execution)
                    : saga_span_id(traced.saga, traced.execution);
  span.parent_id = is_step ? saga_span_id(traced.saga, 0) : parent.span_id;
  span.name = is_step ? fmt::format("{} {}", to_string(traced.direction), traced.step) : traced.type;
  span.began = traced.began;
  span.ended = traced.ended;
  span.is_failed = !traced.error.empty();
  span.error = traced.error;
  span.attributes = {{"sagactl.saga.id", traced.saga.text()},
                     {"sagactl.saga.type", traced.type},
                     {"sagactl.status", traced.status},
                     {"sagactl.node", node}};
  if (!is_step) return span;
  span.attributes.emplace_back("sagactl.step", traced.step);
  span.attributes.emplace_back("sagactl.execution", std::to_string(traced.execution));
  span.attributes.emplace_back("sagactl.tries", std::to_string(traced.tries));
  return span;
}

}  // namespace

std::string saga_span_id(SagaId saga, int retries) {
  return id_of(fmt::format("saga {} {}", saga.text(), retries));
}

std::string step_span_id(SagaId saga, std::string_view step, Direction direction, int execution) {
  return id_of(fmt::format("step {} {} {} {}", saga.text(), step, to_string(direction), execution));
}

void add_saga_spans(SpanSink& sink, const SagaProgress& progress, const NodeName& node) {
  for (const SagaProgress::Traced& traced : progress.traced) {
    const TraceParent parent = sampled_parent(traced.trace_parent);
    if (!parent.trace_id.empty()) sink.add(span_of(traced, parent, node));
  }
}

}  // namespace sagactl
