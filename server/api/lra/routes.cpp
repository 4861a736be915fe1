// The routes of the LRA coordinator: docs/lra.md. Its clients send no tokens, so they are for this machine, or for all
// by a flag.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/api/accounts/guest.hpp"
#include "server/api/lra/handlers.hpp"
#include "server/api/lra/lra_answer.hpp"
#include "server/api/routes.hpp"
#include "server/participants/calls/answer_text.hpp"

namespace sagactl::api {
namespace {

using http::Method;
using http::RouteAccess;

constexpr std::array lra_versions = {"1.0", "1.1", "1.2", "1.3", "2.0"};
constexpr const char* version_echo = "Narayana-LRA-API-version";
constexpr std::size_t lra_body_max = 32 * 1024;  // a Link header's text with all links

struct LraRoute {
  Method method;
  std::string_view path;  // below the coordinator
  AsyncHandler handler;
  std::string_view summary;
};

const LraRoute lra_routes[] = {
    {Method::post, "/start", start_lra, "Starts an LRA"},
    {Method::get, "", list_lras, "LRAs, newest first"},
    {Method::get, "/{id}", show_lra, "An LRA"},
    {Method::get, "/{id}/status", lra_status, "The status of an LRA"},
    {Method::put, "/{id}", join_lra, "Joins an LRA"},
    {Method::put, "/{id}/close", close_lra, "Closes an LRA: its participants complete"},
    {Method::put, "/{id}/cancel", cancel_lra, "Cancels an LRA: its participants compensate"},
    {Method::put, "/{id}/remove", leave_lra, "Leaves an LRA"},
    {Method::put, "/{id}/renew", renew_lra, "Extends the time limit of an LRA"},
    {Method::get, "/nested/{id}/status", nested_status, "The status of a nested LRA, as a participant's"},
    {Method::put, "/nested/{id}/complete", complete_nested, "Closes a nested LRA, for now"},
    {Method::put, "/nested/{id}/compensate", compensate_nested, "Cancels a nested LRA, also one that is closed"},
    {Method::put, "/nested/{id}/forget", forget_nested, "Tells a nested LRA that it stays closed"},
    {Method::del, "/nested/{id}/forget", forget_nested, "Tells a nested LRA that it stays closed"},
    {Method::get, "/recovery", list_recovering,
     "LRAs that are being closed or cancelled; calls that wait are made now"},
    {Method::get, "/recovery/failed", list_failed, "LRAs that failed and need a person"},
    {Method::del, "/recovery/{id}", drop_failed, "Drops an LRA that failed"},
    {Method::get, "/recovery/{id}/{participant}", show_participant, "The URL of a participant"},
    {Method::put, "/recovery/{id}/{participant}", move_participant, "Moves a participant to another URL"},
};

// Everybody who may call is the guest, who may see everything.
http::Caller lra_caller() {
  http::Caller caller;
  caller.id = guest_id;
  caller.email = guest_email;
  caller.role = to_string(Role::admin);
  return caller;
}

bool knows_version(std::string_view version) {
  return std::find(lra_versions.begin(), lra_versions.end(), version) != lra_versions.end();
}

awaitable<Answer> answer_lra_client(Context& context, Request& request, AsyncHandler handler) {
  if (request.from_foreign_page)
    co_return Error{ErrorCode::forbidden, "Forbidden: a web page of another origin may not call this"};
  const std::string version(api_version(request));
  if (!knows_version(version))
    co_return lra_text(417, fmt::format("version '{}' of the API is not known; there are {}", storable(version, 20),
                                        fmt::join(lra_versions, ", ")));
  request.caller = lra_caller();
  Answer answer = co_await handler(context, request);
  if (!answer && answer.error().code == ErrorCode::bug) co_return answer;
  http::Response response = answer ? std::move(*answer) : lra_error(answer.error());
  response.headers.push_back({version_echo, version});
  co_return response;
}

}  // namespace

void add_lra_routes(http::Router& router, Context& context) {
  const RouteAccess access = context.options.allow_lra ? RouteAccess::anyone : RouteAccess::loopback_only;
  for (const LraRoute& it : lra_routes) {
    http::Route route{it.method, fmt::format("/lra-coordinator{}", it.path), access, {}, std::string(it.summary),
                      "lra"};
    route.body_bytes_max = it.method == Method::put ? lra_body_max : 0;
    route.opened_by = "--allow-lra";
    route.handler = [&context, handler = it.handler](Request& request) -> awaitable<Answer> {
      return answer_lra_client(context, request, handler);
    };
    router.add(std::move(route));
  }
}

}  // namespace sagactl::api
