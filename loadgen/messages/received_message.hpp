// A message that has come: a server-sent event, a WebSocket's message, or a record of a Kafka topic.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadgen/profile/message_step.hpp"

namespace sagactl {

struct ReceivedMessage {
  std::int64_t at_ns = 0;  // by steady_ns()
  std::string text;
  std::string event;                                         // of an event: its name
  std::string key;                                           // of a record
  std::vector<std::pair<std::string, std::string>> headers;  // of a record

  std::size_t size() const;  // in bytes, about
};
using SharedMessage = std::shared_ptr<const ReceivedMessage>;

// A condition, ready to be asked of many messages.
class MessageTest {
 public:
  explicit MessageTest(const MessageCondition& condition);
  // In the message or in `room`; nothing when the message has no such value.
  std::optional<std::string_view> value_in(const ReceivedMessage& message, std::string& room) const;

 private:
  MessageCondition::Place place_;
  std::string name_;
  std::vector<std::string> path_;
};

// Whether the message has value i of `wanted` where test i looks; there are at least as many values.
bool meets(const ReceivedMessage& message, std::span<const MessageTest> tests, std::span<const std::string> wanted);

// The message in a few words: "order-shipped {"order":17}", with the beginning of a long text.
std::string excerpt_of(const ReceivedMessage& message);

}  // namespace sagactl
