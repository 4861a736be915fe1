// Participants and payment providers whose calls are spans: one for each call, with the id that the call carries in its
// `traceparent` where it has one of its own.
#pragma once

#include <memory>

#include "server/ports/clock.hpp"
#include "server/ports/participant_caller.hpp"
#include "server/ports/payment_gateway.hpp"
#include "server/ports/span_sink.hpp"

namespace sagactl {

// What the references name outlives them. Calls in progress keep the sink: some end when the node has gone.
std::unique_ptr<ParticipantCaller> trace_calls(ParticipantCaller& participants, std::shared_ptr<SpanSink> sink,
                                               Clock& clock);
std::unique_ptr<PaymentGateway> trace_calls(std::unique_ptr<PaymentGateway> gateway, std::shared_ptr<SpanSink> sink,
                                            Clock& clock);

}  // namespace sagactl
