// Routes as data; the OpenAPI document is generated from them.
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

class StaticFiles;

// The result of a handler: a response, or an Error that becomes a problem (problem.hpp).
using Answer = Result<Response>;

// A handler is a function that answers at once, or a coroutine. Coroutines run on the connection's executor; they wait
// for other threads with await_callback (await.hpp) and run blocking work on Workers (workers.hpp).
//   [](Request&) -> Answer                              [](Request&) -> boost::asio::awaitable<Answer>
// A lambda that is a coroutine lives in the router, so its captures outlive every call.
using Handler = std::variant<std::function<Answer(Request&)>, std::function<boost::asio::awaitable<Answer>(Request&)>>;

enum class RouteAccess {
  anyone,
  user,           // any caller that the authenticator accepts
  guest,          // the same, or a request without a token where guests are allowed
  merchant,       // a caller whose role is merchant or admin
  admin,          // a caller whose role is admin
  answerer,       // anyone; a request with a token needs a caller that the authenticator accepts
  loopback_only,  // anyone on this machine
};

std::string_view to_string(RouteAccess access);

// The name of a pattern's segment "{id}" or "{path...}"; "" of a literal one.
std::string parameter_name(std::string_view segment);

struct Route {
  Method method = Method::get;
  std::string
      pattern;  // "/orders/{id}": literal segments and parameters; "{path...}" at its end takes all that is left
  RouteAccess access = RouteAccess::anyone;
  Handler handler;
  std::string summary;                           // one line, for OpenAPI
  std::string tag = {};                          // of its group in the OpenAPI document
  std::size_t index = 0;                         // its position in routes(); set by add()
  std::string_view opened_by = "--test-routes";  // the flag that opens one that is for loopback_only to others
  bool reads_if_match = false;                   // its handler compares If-Match with what it changes
  std::size_t body_bytes_max = 0;                // of a request, above: 413; 0: as Limits says
  // Of a route for users: the requests without a token that it takes from guests as well; null: none.
  bool (*is_for_guests)(const Request&) = nullptr;
};

// The header with which the scripts of our pages mark what they send. A page of another origin cannot add it without a
// preflight.
inline constexpr std::string_view page_header = "x-sagactl-page";

using Authenticator = std::function<Result<Caller>(const Request&)>;

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Precondition: no route has the same method and shape.
  void add(Route route);
  const std::deque<Route>& routes() const { return routes_; }

  // Called on routes for users and admins. Without one, those answer 401.
  void set_authenticator(Authenticator authenticator) { authenticator_ = std::move(authenticator); }
  const Authenticator& authenticator() const { return authenticator_; }

  // The caller of requests without a token on routes for guests. Unless `from_anywhere`, only of requests from this
  // machine.
  void set_guest(Caller guest, bool from_anywhere) {
    guest_ = std::move(guest);
    guests_from_anywhere_ = from_anywhere;
  }
  const Caller* guest_for(Request& request) const {
    return guest_ && (guests_from_anywhere_ || request.is_from_this_machine()) ? &*guest_ : nullptr;
  }

  // Served where no route is, and at "/" when they have an index.html; null: none.
  void set_files(std::shared_ptr<const StaticFiles> files) { files_ = std::move(files); }
  const StaticFiles* files() const { return files_.get(); }

  // The route for a method and a path (not decoded, without query). Literal segments take precedence over parameters, a
  // trailing slash is ignored, and HEAD finds the route of GET. Fills `parameters`.
  const Route* find(Method method, std::string_view path,
                    std::vector<std::pair<std::string, std::string>>& parameters) const;

  // The methods of a path's routes, for OPTIONS; empty when the path has none.
  std::vector<Method> methods(std::string_view path) const;

 private:
  struct PathNode;
  std::deque<Route> routes_;
  std::unique_ptr<PathNode> root_;
  Authenticator authenticator_;
  std::optional<Caller> guest_;
  bool guests_from_anywhere_ = false;
  std::shared_ptr<const StaticFiles> files_;
};

// Finds the route, checks the caller, runs the handler. Never throws: an unknown path, a refused caller, an Error and
// an exception become problems. Sets the request's route, parameters and caller. Both arguments outlive the await.
boost::asio::awaitable<Response> answer(const Router& router, Request& request);

}  // namespace sagactl::http
