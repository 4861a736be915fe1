// Adding routes to the router: a surface lists its routes in its routes.cpp, by way of groups that share a tag.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "server/api/context.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

// A handler that waits for other threads, and one that answers at once.
using AsyncHandler = awaitable<Answer> (*)(Context&, Request&);
using ImmediateHandler = Answer (*)(Context&, Request&);

// Routes with one tag and one rule of access. `context` outlives the router.
struct RouteGroup {
  http::Router& router;
  Context& context;
  std::string_view tag;
  http::RouteAccess access;
  bool reads_if_match = false;
  std::size_t body_bytes_max = 0;  // of a request; 0: as of other routes
  bool (*is_for_guests)(const Request&) = nullptr;

  void add(http::Method method, std::string pattern, AsyncHandler handler, std::string summary) const {
    add_route(method, std::move(pattern), std::move(summary),
              [&context = context, handler](Request& request) { return handler(context, request); });
  }
  void add(http::Method method, std::string pattern, ImmediateHandler handler, std::string summary) const {
    add_route(method, std::move(pattern), std::move(summary),
              [&context = context, handler](Request& request) { return handler(context, request); });
  }

 private:
  void add_route(http::Method method, std::string pattern, std::string summary, http::Handler handler) const {
    http::Route route{method, std::move(pattern), access, std::move(handler), std::move(summary), std::string(tag)};
    route.reads_if_match = reads_if_match;
    route.body_bytes_max = body_bytes_max;
    route.is_for_guests = is_for_guests;
    router.add(std::move(route));
  }
};

}  // namespace sagactl::api
