// Events as messages, in the form of the system whose topics these are: the event's own members, its type, and
// whose it is. What else is known of it stands beside that, and what a reader needs to pass it over in headers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/adapters/kafka/client/message.hpp"
#include "server/saga/event.hpp"

namespace sagactl::kafka {

// "node-1:17": unique, and the same whenever the event is published again.
std::string event_id(const Event& event);

// In the same order. The events of one commit stand together, so that SagaStarted can carry what its order is.
std::vector<Outgoing> to_messages(std::span<const Event> events, const std::string& topic_prefix);

// Nothing when the message is not an event of ours.
std::optional<Event> to_event(const Incoming& message);

}  // namespace sagactl::kafka
