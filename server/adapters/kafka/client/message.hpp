// A message to Kafka and a message from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.hpp"

namespace sagactl::kafka {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Outgoing {
  std::string topic;  // with its prefix
  std::string key;    // empty: none, so that it goes to any partition
  std::optional<std::string> value;
  Headers headers = {};
};

struct Incoming {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  Timestamp at;  // when it was produced, by its producer's clock
  std::string key;
  std::optional<std::string> value;
  Headers headers;

  // The first header of that name; "" when there is none.
  std::string_view header(std::string_view name) const {
    for (const auto& [key_of_header, text] : headers)
      if (key_of_header == name) return text;
    return {};
  }
};

// Names of headers. Contracts: see docs/remote-participants.md.
inline constexpr const char* event_id_header = "event-id";
inline constexpr const char* copy_of_header = "copy-of";          // of a copy of an event: its id
inline constexpr const char* replayed_at_header = "replayed-at";  // of an event that was published again by hand
inline constexpr const char* event_type_header = "event-type";
inline constexpr const char* node_header = "node";
inline constexpr const char* sequence_header = "sequence";
inline constexpr const char* traceparent_header = "traceparent";

}  // namespace sagactl::kafka
