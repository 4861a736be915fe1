// A payment gateway in another process: calls go as commands to the topic payment-commands, replies come back by
// payment-replies. Sagas cannot distinguish it from one in this process.
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
  std::string reply_to;            // this node's name: replies to other nodes are skipped
  Duration answer_time = 10s;      // a call without a reply by then is UnknownOutcome, a query Unavailable
  std::size_t calls_max = 50'000;  // without a reply; more are Unavailable
};

// Errors as those of make_kafka_bus. `clock` outlives the gateway.
Result<std::unique_ptr<PaymentGateway>> make_kafka_payment_gateway(const RemotePaymentOptions& options, Clock& clock);

}  // namespace sagactl
