// A payment gateway that is another process: calls go as commands to the topic payment-commands, answers come back by
// payment-replies. The saga cannot tell it from one in this process.
#pragma once

#include <memory>
#include <string>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

struct RemotePaymentOptions {
  KafkaOptions kafka;
  std::string reply_to;              // this node's name: replies to others are passed over
  Duration answer_time = 10s;        // a call without an answer by then: UnknownOutcome, a query: Unavailable
  std::size_t calls_max = 50'000;    // that wait for an answer; one more is Unavailable
};

// Errors as those of make_kafka_bus. `clock` outlives the gateway.
Result<std::unique_ptr<PaymentGateway>> make_kafka_payment_gateway(const RemotePaymentOptions& options, Clock& clock);

}  // namespace sagactl
