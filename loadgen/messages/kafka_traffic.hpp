// The messages of journeys to and from Kafka: one producer and one reader for all of them. Kafka itself is brought by
// who starts the run, since this module knows no adapter.
#pragma once

#include "loadgen/messages/message_plan.hpp"

namespace sagactl {

class KafkaTraffic {
 public:
  virtual ~KafkaTraffic() = default;

  // Any thread. Reported when the message is acknowledged by all in-sync replicas, or is not.
  virtual void send(StepInProgress step) = 0;
  virtual void wait(StepInProgress step) = 0;
  virtual CancelledStep cancel(const MessagePlan& plan, StepTicket ticket) = 0;
};

}  // namespace sagactl
