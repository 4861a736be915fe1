// The answer to a request that placed an order.
#pragma once

#include <string>
#include <string_view>

#include "server/http/message/response.hpp"

namespace sagactl::api {

// 201 with that JSON body, and Location: the prefix followed by the order's id.
inline http::Response placed_response(std::string body, std::string_view location_prefix, std::string_view id) {
  http::Response response;
  response.status = 201;
  response.body = std::move(body);
  std::string location(location_prefix);
  location += id;
  response.headers.push_back({"Location", std::move(location)});
  return response;
}

}  // namespace sagactl::api
