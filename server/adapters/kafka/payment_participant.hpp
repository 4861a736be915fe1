// The counterpart of kafka_payment_gateway.hpp: reads payment-commands as a member of a consumer group, has each
// carried out by a gateway, one after the other per order, and replies. A command's offset is committed when its reply
// is acknowledged.
#pragma once

#include <memory>
#include <string>

#include "common/result.hpp"
#include "server/adapters/kafka/client/consumer.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

struct PaymentParticipantOptions {
  KafkaOptions kafka;
  std::string group = "payment-participant";
  std::size_t replies_max = 10'000;  // kept, so that repeats get the same reply
};

struct PaymentParticipantState {
  kafka::ConsumerState consumer;
  bool available = false;  // replies can be sent
  std::string error;       // why not
};

class PaymentParticipant {
 public:
  // Errors as those of make_kafka_bus. `gateway` and `clock` outlive the participant; a late answer of the gateway
  // has no effect.
  static Result<std::unique_ptr<PaymentParticipant>> start(const PaymentParticipantOptions& options,
                                                           PaymentGateway& gateway, Clock& clock);
  virtual ~PaymentParticipant() = default;
  virtual PaymentParticipantState state() const = 0;
};

}  // namespace sagactl
