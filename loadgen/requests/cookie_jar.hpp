// The cookies of one user of the server under test (RFC 6265). All targets of a run count as one site: Domain and
// Secure are ignored, Path, Max-Age and Expires are not. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.hpp"

namespace sagactl {

class CookieJar {
 public:
  static constexpr std::size_t cookies_max = 100;
  static constexpr std::size_t cookie_size_max = 4096;  // of name and value; larger ones are not kept

  // `lines`: the values of the Set-Cookie headers of an answer to a request for `path`, separated by line feeds. A path
  // may be a whole URL, also below.
  void take(std::string_view lines, std::string_view path, Timestamp now);
  // "Cookie: a=1; b=2\r\n" for a request for `path`, or nothing. Writes at most header_max() and returns the end.
  char* put(char* out, std::string_view path, Timestamp now) const;
  std::size_t header_max() const;
  std::size_t size() const { return cookies_.size(); }

  struct Cookie {
    std::string name, value, path;
    Timestamp expires;
  };
  const std::vector<Cookie>& cookies() const { return cookies_; }
  // Those of another jar.
  void set(std::vector<Cookie> cookies) { cookies_ = std::move(cookies); }

 private:
  void take_one(std::string_view line, std::string_view path, Timestamp now);

  std::vector<Cookie> cookies_;
};

// The value of the first cookie of that name that the lines set; null data for none.
std::string_view cookie_value(std::string_view lines, std::string_view name);

}  // namespace sagactl
