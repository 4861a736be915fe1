// Spans of sagas and their steps. Their ids follow from what they are about, so that nodes which continue each other's
// sagas agree on them, and calls know the span of their step before it has ended.
#pragma once

#include <string>

#include "server/engine/batch/saga_progress.hpp"
#include "server/ports/span_sink.hpp"

namespace sagactl {

// `retries`: how often an operator has retried the saga.
std::string saga_span_id(SagaId saga, int retries);
std::string step_span_id(SagaId saga, std::string_view step, Direction direction, int execution);

// Those of a commit of this node. Sagas whose trace is not sampled have none.
void add_saga_spans(SpanSink& sink, const SagaProgress& progress, const NodeName& node);

}  // namespace sagactl
