// Takes server-sent events out of the bytes of a text/event-stream (WHATWG HTML, section 9.2).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

struct ServerSentEvent {
  std::string id;
  std::string event = "message";
  std::string data;
};

using OnServerSentEvent = std::function<bool(const ServerSentEvent&)>;  // false: no more

// Bytes may be cut anywhere. Comments, `retry` and unknown fields are skipped, and so are events without data.
class EventStream {
 public:
  static constexpr std::size_t event_size_max = 4u << 20;

  // Calls `on_event` for each event that `bytes` completes. False when `on_event` returned it; `too_large` for an
  // event over event_size_max.
  Result<bool> feed(std::string_view bytes, const OnServerSentEvent& on_event);

 private:
  bool take_line(std::string_view line, const OnServerSentEvent& on_event);

  std::string line_;
  bool after_return_ = false;  // the last byte was a carriage return: a line feed now belongs to it
  bool has_data_ = false;
  ServerSentEvent event_;
};

}  // namespace sagactl
