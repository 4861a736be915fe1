// Takes server-sent events out of the bytes of a text/event-stream (WHATWG HTML, section 9.2).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

struct ServerSentEvent {
  std::string id;
  std::string event = "message";
  std::string data;
};

using OnServerSentEvent = std::function<bool(const ServerSentEvent&)>;  // false: no more

// Bytes may be cut anywhere. Comments and unknown fields are skipped, and so are events without data.
class EventStream {
 public:
  static constexpr std::size_t event_size_max = 4u << 20;

  // Calls `on_event` for each event that `bytes` completes. False when `on_event` returned it; `too_large` for an
  // event over event_size_max.
  Result<bool> feed(std::string_view bytes, const OnServerSentEvent& on_event);

  // For connecting again: the value of Last-Event-ID ("": none is sent), and how long to wait, where the server has
  // said so. An event that was cut off counts for neither.
  const std::string& last_event_id() const { return last_event_id_; }
  std::optional<Duration> retry() const { return retry_; }
  // To the next connection: its first byte follows.
  void restart();

 private:
  bool take_line(std::string_view line, const OnServerSentEvent& on_event);
  bool dispatch(const OnServerSentEvent& on_event);
  void take_retry(std::string_view value);

  std::string line_;
  bool is_first_line_ = true;  // which may begin with a byte order mark
  bool after_return_ = false;  // the last byte was a carriage return: a line feed now belongs to it
  bool has_data_ = false;
  ServerSentEvent event_;
  std::string last_event_id_;
  std::optional<Duration> retry_;
};

}  // namespace sagactl
