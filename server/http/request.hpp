// A request as handlers see it. It is owned by its connection and stays where it is until its handler has
// completed, so a handler may keep references to it across every co_await.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "server/http/method.hpp"
#include "server/http/trace_context.hpp"

namespace sagactl::http {

struct Route;

struct Header {
  std::string name;  // in lower case in requests
  std::string value;
};

// Who calls, as the router's authenticator found out.
struct Caller {
  std::string id;
  std::string email;
  std::string role;
  std::string token_id;

  bool is_admin() const { return role == "admin"; }
};

struct Request {
  Method method = Method::get;
  std::string method_text = "GET";
  std::string target;                                           // as sent: "/orders/17?full=1"
  std::string path;                                             // the target without its query, not decoded
  std::vector<std::pair<std::string, std::string>> query;       // decoded, in order, names may repeat
  std::vector<std::pair<std::string, std::string>> parameters;  // {name} segments of the route, decoded
  std::vector<Header> headers;
  std::string body;

  std::string peer;            // the address of the other end
  bool from_loopback = false;  // from this machine, and not handed on by a proxy
  std::string correlation_id;  // the caller's X-Correlation-ID, or a new one; also sent back
  TraceContext trace;
  std::chrono::steady_clock::time_point received{};
  std::chrono::steady_clock::time_point deadline{};  // work on it after this serves nobody

  std::optional<Caller> caller;  // set on routes for users and admins
  const Route* route = nullptr;  // the one that matched

  std::string_view header(std::string_view lower_case_name) const;           // "" when absent
  std::string_view parameter(std::string_view name) const;                   // "" when the route has none
  std::optional<std::string_view> query_value(std::string_view name) const;  // the first of that name
  std::vector<std::string_view> query_values(std::string_view name) const;

  // Sets target, path and query.
  Result<void> set_target(std::string_view text);
};

// "%41+b" with plus_is_space is "A b"; nothing when a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace sagactl::http
