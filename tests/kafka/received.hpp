// A message as a consumer gets it.
#pragma once

#include <string>
#include <utility>

#include "server/adapters/kafka/client/message.hpp"

namespace sagactl::kafka {

inline Incoming received(const Outgoing& message) {
  Incoming in;
  in.topic = message.topic;
  in.key = message.key;
  in.value = message.value;
  in.headers = message.headers;
  return in;
}

inline Incoming with_value(std::string value) {
  Incoming in;
  in.value = std::move(value);
  return in;
}

}  // namespace sagactl::kafka
