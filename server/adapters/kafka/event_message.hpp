// Events as messages, in the format of the system whose topics these are: the event's own members and its type, then
// more members. Headers hold what a consumer needs to skip a message unread.
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

// In the same order. The events of one commit are adjacent, so that SagaStarted can include its order's data.
std::vector<Outgoing> to_messages(std::span<const Event> events, const std::string& topic_prefix);

// Nothing when the message is not an event of this program.
std::optional<Event> to_event(const Incoming& message);

}  // namespace sagactl::kafka
