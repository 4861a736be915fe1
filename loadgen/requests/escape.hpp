// Writes a text into a place of a request, so that it stays one value there whatever its characters are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sagactl {

enum class Escape : std::uint8_t {
  none,
  json,    // in a JSON string
  path,    // one segment of a path, or a value of a query (RFC 3986)
  target,  // a whole path with its query: only what no URI may contain, and nothing that is escaped already
  form,    // a value of application/x-www-form-urlencoded
  header,  // without control characters, which would begin another header
};

// Copies it and returns the end.
inline char* put_text(char* out, std::string_view text) {
  return out + text.copy(out, text.size());
}
// The most that put_escaped writes for a text of `size` bytes.
std::size_t escaped_max(std::size_t size, Escape escape);
// Returns the end.
char* put_escaped(char* out, std::string_view text, Escape escape);

}  // namespace sagactl
