// The topics that a process needs, by its role: those that it creates at its start and `sagactl doctor` checks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/participants/service.hpp"

namespace sagactl {

struct KafkaUse {
  bool publishes_events = true;         // nodes and the services of a checkout
  bool asks_for_payments = false;       // nodes with --payment remote
  bool carries_out_payments = false;    // the payment participant
  std::optional<Service> service = {};  // of a checkout
};

// With their prefix, in alphabetical order.
std::vector<std::string> topics_of(const KafkaUse& use, const KafkaOptions& options);

}  // namespace sagactl
