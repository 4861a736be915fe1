// A request as handlers see it. Its connection owns it and keeps it in place until the handler has completed, so that a
// handler may keep references to it across every co_await.
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

// The caller that the router's authenticator found.
struct Caller {
  std::string id;
  std::string email;
  std::string role;
  std::string token_id;
  std::string session = {};  // of the token; "" when it has none
  bool is_page = false;      // by the cookie of a page; `session` is that of the page then

  bool is_admin() const { return role == "admin"; }
  bool is_merchant_or_admin() const { return role == "merchant" || is_admin(); }
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

  std::string peer;                // the address of the other end
  std::string client;              // the client's address: the same, or as trusted proxies report it
  bool is_https = false;           // the client's connection, as a trusted proxy reports it
  bool cross_origin = false;       // a browser sends it for a web page of another origin
  bool from_foreign_page = false;  // the same, of an origin that may not call
  // Why the request is not local (sent by the node's own user on this machine), as far as connection and headers show;
  // empty: they allow it, and peer_process decides.
  std::string_view not_local_reason = "its origin was not checked";
  PeerProcess* peer_process = nullptr;  // null: not checked
  std::string correlation_id;           // the client's X-Correlation-ID, or a new one; also sent back
  TraceContext trace;
  std::chrono::steady_clock::time_point received{};
  std::chrono::steady_clock::time_point deadline{};  // the client gets no answer after it

  std::optional<Caller> caller;  // set on routes for users and admins
  const Route* route = nullptr;  // the one that matched

  std::string_view header(std::string_view lower_case_name) const;           // "" when absent
  std::string_view cookie(std::string_view name) const;                      // "" when absent
  std::string_view parameter(std::string_view name) const;                   // "" when the route has none
  std::optional<std::string_view> query_value(std::string_view name) const;  // the first of that name
  std::vector<std::string_view> query_values(std::string_view name) const;

  // Why the request is not local, with the check of the process at the other end; empty when it is.
  std::string_view why_not_local();
  bool is_from_this_machine() { return why_not_local().empty(); }

  // Sets target, path and query.
  Result<void> set_target(std::string_view text);
};

}  // namespace sagactl::http
