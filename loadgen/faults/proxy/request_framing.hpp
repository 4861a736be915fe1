// Where the first request in a sequence of bytes ends.
#pragma once

#include <cstddef>
#include <string_view>

namespace sagactl {

struct RequestFraming {
  enum class State { more, complete, refused };  // refused: its length is not stated plainly, or it is too long
  State state = State::more;
  std::size_t size = 0;  // of a complete one

  static constexpr std::size_t head_max = 256 * 1024, request_max = 64 * 1024 * 1024;
};

// For requests as the load generator writes them: a head, and a body of Content-Length bytes or none (RFC 9112,
// section 6). Chunks are refused.
RequestFraming frame_request(std::string_view bytes);

}  // namespace sagactl
