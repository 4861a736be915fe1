#include "httpclient/limits.hpp"

#include <fmt/format.h>

#include <boost/beast/http/error.hpp>

namespace sagactl {

std::string what_is_too_long(const boost::system::error_code& failure, std::size_t body_max) {
  namespace http = boost::beast::http;
  if (failure == http::error::header_limit)
    return fmt::format("the head of the answer is longer than {} kB", head_max / 1024);
  if (failure == http::error::body_limit) return fmt::format("the answer is longer than {} bytes", body_max);
  return {};
}

}  // namespace sagactl
