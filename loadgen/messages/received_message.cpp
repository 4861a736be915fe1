#include "loadgen/messages/received_message.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "loadgen/answers/json_value.hpp"
#include "loadgen/answers/order_answer.hpp"

namespace sagactl {
namespace {

constexpr std::size_t excerpt_max = 200;

}  // namespace

std::size_t ReceivedMessage::size() const {
  std::size_t size = sizeof *this + text.size() + event.size() + key.size();
  for (const auto& [name, value] : headers) size += name.size() + value.size();
  return size;
}

MessageTest::MessageTest(const MessageCondition& condition) : place_(condition.place), name_(condition.name) {
  if (place_ == MessageCondition::Place::pointer) path_ = pointer_path(name_);
}

std::optional<std::string_view> MessageTest::value_in(const ReceivedMessage& message, std::string& room) const {
  switch (place_) {
    case MessageCondition::Place::event:
      return message.event;
    case MessageCondition::Place::key:
      return message.key;
    case MessageCondition::Place::header:
      for (const auto& [name, value] : message.headers)
        if (name == name_) return value;
      return std::nullopt;
    case MessageCondition::Place::pointer:
      return json_value(message.text, path_, room);
  }
  return std::nullopt;
}

bool meets(const ReceivedMessage& message, std::span<const MessageTest> tests, std::span<const std::string> wanted) {
  std::string room;
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (tests[i].value_in(message, room) != std::optional<std::string_view>(wanted[i])) return false;
  return true;
}

std::string excerpt_of(const ReceivedMessage& message) {
  std::string text;
  if (!message.event.empty()) text += fmt::format("{} ", message.event);
  if (!message.key.empty()) text += fmt::format("key {} ", message.key);
  return text + message.text.substr(0, excerpt_max);
}

}  // namespace sagactl
