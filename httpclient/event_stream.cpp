#include "httpclient/event_stream.hpp"

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

bool EventStream::take_line(std::string_view line, const OnServerSentEvent& on_event) {
  if (line.empty()) {
    bool wants_more = true;
    if (has_data_) {
      event_.data.pop_back();  // the line feed after its last line
      wants_more = on_event(event_);
    }
    event_.event = "message";  // the id stays: it is the stream's last one
    event_.data.clear();
    has_data_ = false;
    return wants_more;
  }
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
  }
  return true;
}

}  // namespace sagactl
