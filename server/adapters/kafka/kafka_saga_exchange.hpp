// The orchestrator and the participants of checkouts in processes of their own, over Kafka: commands and replies of the
// orchestrated ones, events of the choreographed ones. A message's effect is durable before its offset is committed.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/participants/service.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/saga_exchange.hpp"

namespace sagactl {

// What this process does with messages. `done` is called once: without an error when the effect is durable or there is
// none, with `unavailable` or `busy` when the message must come again, with another error when it can never be handled.
struct SagaHandlers {
  using Done = std::function<void(Result<void>)>;
  std::function<void(const StepCall&, Done)> perform;         // a command to a participant in this process
  std::function<void(const RemoteReply&, Done)> apply_reply;  // to the orchestrator
  std::function<void(OrderId, Done)> continue_saga;           // after an event of a choreographed saga
};

// The topics of the events that continue a choreographed checkout, also after a retry.
std::vector<std::string_view> choreography_topics();

class KafkaSagaExchange : public SagaExchange {
 public:
  // Can send at once. Errors as those of Producer::open.
  static Result<std::unique_ptr<KafkaSagaExchange>> open(const KafkaOptions& options, Clock& clock);

  // Starts to read, as a member of the consumer group of each service: "order-service-group" and so on.
  virtual Result<void> start(const Services& services, SagaHandlers handlers) = 0;
  // No handler is called afterwards.
  virtual void stop() = 0;
};

}  // namespace sagactl
