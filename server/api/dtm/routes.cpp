// The routes for DTM's clients: docs/dtm.md. No client of DTM's can send a token, so they are for this machine; for
// others they stand below a secret in the path, or are opened by a flag.
#include "server/api/routes.hpp"
#include "common/crypto.hpp"
#include "server/api/accounts/guest.hpp"
#include "server/api/dtm/dtm_answer.hpp"
#include "server/api/dtm/handlers.hpp"
#include "server/http/message/problem.hpp"

namespace sagactl::api {
namespace {

using http::Method;
using http::RouteAccess;

using DtmHandler = std::variant<ImmediateHandler, AsyncHandler>;

struct DtmRoute {
  Method method;
  std::string_view name;
  DtmHandler handler;
  std::string_view summary;
};

const DtmRoute dtm_routes[] = {
    {Method::get, "newGid", new_gid, "A new id for a transaction"},
    {Method::post, "submit", submit_transaction, "Starts a saga or msg, or sends a msg that was prepared"},
    {Method::post, "prepare", prepare_transaction, "Prepares a msg"},
    {Method::post, "abort", abort_transaction, "Drops a msg that was prepared"},
    {Method::get, "query", query_transaction, "A transaction and its branches"},
    {Method::get, "all", list_transactions, "Transactions, newest first"},
    {Method::get, "version", dtm_version, "The version of the server"},
    {Method::post, "forceStop", force_stop_transaction, "Ends a transaction as failed, without undoing anything"},
    {Method::post, "resetNextCronTime", reset_next_cron_time, "Makes the calls that wait for their next try now"},
};

constexpr std::string_view base = "/api/dtmsvr/";
constexpr std::size_t body_max = 1 << 20;

// Everybody who may call is the guest, who may see everything.
http::Caller dtm_caller() {
  http::Caller caller;
  caller.id = guest_id;
  caller.email = guest_email;
  caller.role = to_string(Role::admin);
  return caller;
}

// Every error without a word of its own in the protocol is a 500 with a message.
awaitable<Answer> answer_client(Context& context, Request& request, const DtmHandler& handler) {
  if (request.from_foreign_page)
    co_return Error{ErrorCode::forbidden, "Forbidden: a web page of another origin may not call this"};
  request.caller = dtm_caller();
  Answer answer = Error{};
  if (const auto* immediate = std::get_if<ImmediateHandler>(&handler))
    answer = (*immediate)(context, request);
  else
    answer = co_await std::get<AsyncHandler>(handler)(context, request);
  if (answer || answer.error().code == ErrorCode::bug) co_return answer;
  co_return dtm_error(answer.error().message);
}

void add_route(http::Router& router, Context& context, const DtmRoute& it) {
  const RouteAccess access = context.options.allow_dtm ? RouteAccess::anyone : RouteAccess::loopback_only;
  http::Route open{it.method, std::string(base) += it.name, access, {}, std::string(it.summary), "dtm"};
  // Up to 99 payloads stand in one body.
  open.body_bytes_max = it.method == Method::post ? body_max : 0;
  open.opened_by = "--allow-dtm, or with --dtm-secret-file and call it below that secret";
  open.handler = [&context, handler = it.handler](Request& request) -> awaitable<Answer> {
    return answer_client(context, request, handler);
  };
  http::Route secret{it.method,
                     (std::string("/{secret}") += base) += it.name,
                     RouteAccess::anyone,
                     {},
                     std::string(it.summary) + ", for clients that know the secret of --dtm-secret-file",
                     "dtm"};
  secret.body_bytes_max = open.body_bytes_max;
  secret.handler = [&context, handler = it.handler](Request& request) -> awaitable<Answer> {
    const std::string& known = context.options.dtm_secret;
    if (known.empty() || !equal_in_constant_time(request.parameter("secret"), known))
      co_return http::no_such_route(request);
    co_return co_await answer_client(context, request, handler);
  };
  router.add(std::move(open));
  router.add(std::move(secret));
}

}  // namespace

void add_dtm_routes(http::Router& router, Context& context) {
  for (const DtmRoute& each : dtm_routes) add_route(router, context, each);
  const RouteGroup ping{router, context, "dtm", RouteAccess::anyone};
  ping.add(Method::get, "/api/ping", dtm_ping, "Whether the server answers");
  ping.add(Method::post, "/api/ping", dtm_ping, "Whether the server answers");
}

}  // namespace sagactl::api
