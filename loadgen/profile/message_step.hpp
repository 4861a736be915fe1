// A step of a journey that is no request with one answer: it waits for an event of a stream, exchanges texts over a
// WebSocket, or sends or waits for a message of Kafka.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/time.hpp"

namespace sagactl {

// By what a message is known: the value at a place equals `value`, a template.
struct MessageCondition {
  enum class Place : std::uint8_t {
    event,    // the name of a server-sent event
    key,      // of a Kafka message
    header,   // of a Kafka message; `name` is the header's
    pointer,  // `name` is a JSON pointer (RFC 6901) into the message
  };
  Place place = Place::pointer;
  std::string name;
  std::string value;
};

struct MessageStep {
  enum class Kind : std::uint8_t {
    events,     // server-sent events
    websocket,  // its text messages, and binary ones as they are
    produce,    // a message to Kafka
    consume,    // a message from Kafka
  };
  static constexpr Duration within_max = 3600s;
  static constexpr std::size_t conditions_max = 16, texts_max = 16;

  Kind kind = Kind::events;
  // events, websocket: the step opens a connection of its own, which `stays_open` for later steps, or uses the one that
  // the step named `from` has opened.
  std::string from;
  bool stays_open = false;
  std::vector<std::string> send;  // websocket: templates of the texts that are sent first
  bool waits = true;              // for a message that meets all conditions; without any, for the next one
  std::vector<MessageCondition> conditions;
  Duration within = 30s;
  std::string topic;                                         // produce, consume
  std::string key, value;                                    // produce: templates
  std::vector<std::pair<std::string, std::string>> headers;  // produce: names, and templates

  bool is_of_kafka() const { return kind == Kind::produce || kind == Kind::consume; }
  bool opens() const { return !is_of_kafka() && from.empty(); }
};

// Its templates: the values of the conditions, the texts to send, and of `produce` key, value, and the headers' values.
std::vector<std::string> message_templates(const MessageStep& step);

// "waits for an event with /order = {order}, for at most 10s", with these texts in place of the templates.
std::string message_description(const MessageStep& step, const std::vector<std::string>& texts);

}  // namespace sagactl
