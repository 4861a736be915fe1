#include "httpclient/event_stream.hpp"

#include "common/text/number.hpp"

namespace sagactl {

Result<bool> EventStream::feed(std::string_view bytes, const OnServerSentEvent& on_event) {
  for (const char c : bytes) {
    if (c == '\n' && after_return_) {
      after_return_ = false;
      continue;
    }
    after_return_ = c == '\r';
    if (c != '\n' && c != '\r') {
      line_.push_back(c);
      if (line_.size() + event_.data.size() > event_size_max) {
        return Error{ErrorCode::too_large, "a server-sent event is longer than 4 MiB"};
      }
      continue;
    }
    const bool wants_more = take_line(line_, on_event);
    line_.clear();
    if (!wants_more) return false;
  }
  return true;
}

void EventStream::restart() {
  line_.clear();
  is_first_line_ = true;
  after_return_ = has_data_ = false;
  event_ = {};
  event_.id = last_event_id_;
}

bool EventStream::dispatch(const OnServerSentEvent& on_event) {
  bool wants_more = true;
  last_event_id_ = event_.id;
  if (event_.event.empty()) event_.event = "message";
  if (has_data_) {
    event_.data.pop_back();  // the line feed after its last line
    wants_more = on_event(event_);
  }
  event_.event = "message";  // the id stays: it is the stream's last one
  event_.data.clear();
  has_data_ = false;
  return wants_more;
}

void EventStream::take_retry(std::string_view value) {
  constexpr std::size_t digits_max = 9;  // 11 days
  const bool is_number = value.find_first_not_of("0123456789") == std::string_view::npos;
  if (value.empty() || !is_number || value.size() > digits_max) return;
  retry_ = std::chrono::milliseconds(*parse_number<std::int64_t>(value));
}

bool EventStream::take_line(std::string_view line, const OnServerSentEvent& on_event) {
  if (is_first_line_ && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  is_first_line_ = false;
  if (line.empty()) return dispatch(on_event);
  const auto colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    event_.data.append(value).push_back('\n');
    has_data_ = true;
  } else if (field == "event") {
    event_.event = value;
  } else if (field == "id" && value.find('\0') == std::string_view::npos) {
    event_.id = value;
  } else if (field == "retry") {
    take_retry(value);
  }
  return true;
}

}  // namespace sagactl
