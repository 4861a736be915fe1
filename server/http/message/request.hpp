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
#include "server/http/message/method.hpp"
#include "server/http/message/trace_context.hpp"

namespace sagactl::http {

class PeerProcess;
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
  std::string session = {};  // of the token; "" when it has none

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

  std::string peer;           // the address of the other end
  std::string client;         // whose request it is: the same, or what trusted proxies say
  bool is_https = false;      // the client's own connection, by the word of a trusted proxy
  bool foreign_page = false;  // a web page of another origin, which may not call, has a browser send it
  // Why it does not count as coming from the node's own user on this machine, as far as its headers tell; empty: they
  // say nothing against it, and the process at the other end is to be looked at.
  std::string_view stranger = "nobody has looked where it comes from";
  PeerProcess* peer_process = nullptr;  // null: nobody is to be looked at
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

  // The same with the process at the other end, at which this may look now.
  std::string_view why_stranger();
  bool is_from_this_machine() { return why_stranger().empty(); }

  // Sets target, path and query.
  Result<void> set_target(std::string_view text);
};

}  // namespace sagactl::http
