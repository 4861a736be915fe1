// Routes as data. The list of routes is what the OpenAPI document is made from.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/result.hpp"
#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

// What a handler gives: a response, or an Error, which becomes a problem (problem.hpp).
using Answer = Result<Response>;

// A handler answers at once, or is a coroutine. Coroutines run on the connection's executor; they wait for
// other threads with await_callback (await.hpp) and do blocking work with Workers (workers.hpp).
//   [](Request&) -> Answer                              [](Request&) -> boost::asio::awaitable<Answer>
// A lambda that is a coroutine lives in the router, so its captures outlive every call.
using Handler =
    std::variant<std::function<Answer(Request&)>, std::function<boost::asio::awaitable<Answer>(Request&)>>;

enum class Access {
  anyone,
  user,           // any caller that the authenticator knows
  guest,          // the same, or whoever shows no token where guests are let in
  admin,          // a caller whose role is admin
  loopback_only,  // anyone on this machine
};

std::string_view to_string(Access access);

struct Route {
  Method method = Method::get;
  std::string pattern;  // "/orders/{id}": literal segments and parameters
  Access access = Access::anyone;
  Handler handler;
  std::string summary;    // one line, for OpenAPI
  std::string tag = {};   // the group that it is listed under
  std::size_t index = 0;  // its place in routes(); set by add()
  bool reads_if_match = false;  // its handler holds If-Match against what it changes
};

using Authenticator = std::function<Result<Caller>(const Request&)>;

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Two routes of the same method and shape are a programmer's error.
  void add(Route route);
  const std::deque<Route>& routes() const { return routes_; }

  // Called on routes for users and admins. Without one, those answer 401.
  void set_authenticator(Authenticator authenticator) { authenticator_ = std::move(authenticator); }
  const Authenticator& authenticator() const { return authenticator_; }

  // As whom a request without a token is made, on routes for guests: from this machine, or from anywhere.
  void set_guest(Caller guest, bool from_anywhere) {
    guest_ = std::move(guest);
    guests_from_anywhere_ = from_anywhere;
  }
  const Caller* guest_for(Request& request) const {
    return guest_ && (guests_from_anywhere_ || request.is_from_this_machine()) ? &*guest_ : nullptr;
  }

  // The route for a method and a path (not decoded, without query); literal segments win over parameters, and
  // one slash at the end does not matter. HEAD finds the route of GET. Fills `parameters`.
  const Route* find(Method method, std::string_view path,
                    std::vector<std::pair<std::string, std::string>>& parameters) const;

  // The methods that a path answers to, for OPTIONS; empty when there is no such path.
  std::vector<Method> methods(std::string_view path) const;

 private:
  struct Node;
  std::deque<Route> routes_;
  std::unique_ptr<Node> root_;
  Authenticator authenticator_;
  std::optional<Caller> guest_;
  bool guests_from_anywhere_ = false;
};

// Finds the route, checks who calls, runs the handler. Never throws: an unknown path, a refused caller, an
// Error and an exception all become problems. Sets request.route, parameters and caller. Tests of a surface
// call it without any socket. Both arguments must outlive the await.
boost::asio::awaitable<Response> answer(const Router& router, Request& request);

}  // namespace sagactl::http
