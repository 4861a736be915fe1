#include "loadgen/faults/proxy/request_framing.hpp"

#include <cstdint>

#include "common/text/number.hpp"
#include "common/text/text.hpp"

namespace sagactl {

RequestFraming frame_request(std::string_view bytes) {
  using State = RequestFraming::State;
  constexpr std::string_view head_ends = "\r\n\r\n", line_ends = "\r\n";
  const std::size_t end = bytes.substr(0, RequestFraming::head_max).find(head_ends);
  if (end == std::string_view::npos) return {bytes.size() < RequestFraming::head_max ? State::more : State::refused, 0};
  std::uint64_t length = 0;
  std::size_t at = bytes.find(line_ends) + line_ends.size();
  while (at < end) {
    const std::size_t line_end = bytes.find(line_ends, at);
    const std::string_view line = bytes.substr(at, line_end - at);
    at = line_end + line_ends.size();
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return {State::refused, 0};
    const std::string name = lower(line.substr(0, colon));
    if (name == "transfer-encoding") return {State::refused, 0};
    if (name != "content-length") continue;
    const auto number = parse_number<std::uint64_t>(trim(line.substr(colon + 1)));
    if (!number || *number > RequestFraming::request_max) return {State::refused, 0};
    length = *number;
  }
  const std::size_t size = end + head_ends.size() + static_cast<std::size_t>(length);
  return bytes.size() < size ? RequestFraming{State::more, 0} : RequestFraming{State::complete, size};
}

}  // namespace sagactl
