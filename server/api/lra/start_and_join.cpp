// The beginning of an LRA, and who takes part in it.
#include <fmt/format.h>

#include "server/api/lra/handlers.hpp"
#include "server/api/lra/link_header.hpp"
#include "server/api/lra/lra_answer.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/request_span.hpp"
#include "server/api/submit.hpp"
#include "server/participants/calls/answer_text.hpp"
#include "server/participants/calls/lra_call.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t client_id_max = 1024;  // bytes
constexpr std::string_view recovery_header = "Long-Running-Action-Recovery";
constexpr std::string_view data_header = "Narayana-LRA-Participant-Data";

struct Joining {
  JoinLra join;
  int status = 200;  // another: refused, for `reason`
  std::string reason;
};

// By a Link header, else by the same in the body, else by a URL in the body.
Joining read_joining(const Request& request) {
  Joining out;
  const std::string header = joined_header(request, "link");
  const std::string_view text = header.empty() ? std::string_view(request.body) : std::string_view(header);
  const bool is_link = !header.empty() || text.find('<') != text.npos;
  auto links = is_link ? read_link_header(text) : links_below(text);
  const auto refuse = [&](int status, std::string reason) {
    out.status = status;
    out.reason = std::move(reason);
  };
  const auto limit = time_limit_in(request);
  auto data = participant_data_in(request);
  if (text.empty())
    refuse(400, "the participant gives no Link header, and no URL in the body");
  else if (!links)
    refuse(is_link ? 500 : 412, links.error().message);
  else if (links->compensate.empty() && links->after.empty())
    refuse(400, "the participant has neither a link for compensate nor one for after");
  else if (!limit)
    refuse(400, limit.error().message);
  else if (!data)
    refuse(data.error().code == ErrorCode::conflict ? 412 : 400, data.error().message);
  else
    out.join = JoinLra{std::move(*links), std::move(*data), *limit};
  return out;
}

// One that has ended in between is gone; one that is being ended is there and cannot be joined.
bool says_ended(const Error& error) {
  if (!error.members.is_object()) return false;
  const auto status = from_string<LraStatus>(text_or_empty(error.members, "status"));
  return status && has_ended(*status);
}

// What the LRA that the client names as its parent says of itself; nothing when it names none. Whether it is active is
// decided when the new one joins it.
awaitable<Result<void>> read_parent(Context& context, Request& request, LraDefinition& lra,
                                    std::optional<SagaId>& parent) {
  const std::string_view given = request.query_value("ParentLRA").value_or("");
  if (given.empty()) co_return Result<void>{};
  const Error unknown{ErrorCode::not_found,
                      fmt::format("this coordinator has no LRA {}, and nests in its own alone", storable(given, 200))};
  parent = saga_of_lra_id(given);
  if (!parent) co_return unknown;
  const Result<Flow> flow = co_await read_flow(context, request, order_of(*parent));
  if (!flow && flow.error().code != ErrorCode::not_found) co_return flow.error();
  if (!flow || !flow->saga || !is_lra(*flow->saga)) co_return unknown;
  const LraDefinition& above = *flow->saga->own_definition->lra;
  if (above.level >= lra_levels_max)
    co_return Error{ErrorCode::conflict,
                    fmt::format("the parent is nested in {} LRAs, which is the most", above.level)};
  lra.parent = lra_id(above, *parent);
  lra.level = above.level + 1;
  co_return Result<void>{};
}

http::Response joined_answer(const Request& request, const std::string& id, const std::string& recovery,
                             const std::string& data) {
  http::Response response =
      wants_json(request) ? http::json_response(200, Json{{"recoveryUrl", recovery}}) : lra_text(200, recovery);
  response.headers.push_back({"Location", recovery});
  response.headers.push_back({std::string(lra_header), id});
  response.headers.push_back({std::string(recovery_header), recovery});
  if (!data.empty()) response.headers.push_back({std::string(data_header), data});
  return response;
}

}  // namespace

awaitable<Answer> start_lra(Context& context, Request& request) {
  auto coordinator = coordinator_url(context, request);
  if (!coordinator) co_return coordinator.error();
  const auto limit = time_limit_in(request);
  if (!limit) co_return limit.error();
  const std::string client(request.query_value("ClientID").value_or(""));
  if (client.size() > client_id_max)
    co_return Error{ErrorCode::invalid, fmt::format("ClientID has {} bytes; at most {}", client.size(), client_id_max)};
  LraDefinition lra;
  lra.coordinator = std::move(*coordinator);
  lra.limit = *limit;
  std::optional<SagaId> parent;
  if (const auto read = co_await read_parent(context, request, lra, parent); !read) co_return read.error();
  auto definition = compile_definition(canonical_text(lra_definition_json(lra)), 1);
  if (!definition) co_return definition.error();
  Json input = Json::object();
  if (!client.empty()) input["clientId"] = client;
  StartSagaRequest command{SagaId::fresh(), actor_of(request), *definition, json_text(input), {}, {}, {}};
  command.parent = parent;
  const std::string id = lra_id(lra, command.id);
  if (!request.trace.is_continued()) request.trace.trace_id = command.id.uuid.bytes;
  command.trace_parent = request.trace.traceparent();
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  add_request_span(context, request);
  http::Response response = lra_text(201, id);
  if (wants_json(request))
    response = http::json_response(200, Json{{"lraId", id}});
  else
    response.headers.push_back({"Location", id});
  response.headers.push_back({std::string(lra_header), id});
  co_return response;
}

awaitable<Answer> join_lra(Context& context, Request& request) {
  const auto id = lra_in_path(request);
  if (!id) co_return id.error();
  Joining joining = read_joining(request);
  if (joining.status != 200) co_return lra_text(joining.status, std::move(joining.reason));
  const LraLinks links = joining.join.links;
  const bool gives_data = !joining.join.data.empty();
  if (const auto may_call = co_await check_participant(context, links); !may_call) co_return may_call.error();
  LraChange change = std::move(joining.join);
  const Result<Receipt> receipt = co_await change_lra(context, request, *id, std::move(change));
  if (!receipt) {
    if (says_ended(receipt.error())) co_return lra_text(410, receipt.error().message);
    co_return receipt.error();
  }
  const Saga& saga = *receipt->flow->saga;
  const LraDefinition& lra = *saga.own_definition->lra;
  const auto who = find_lra_participant(lra, links);
  if (!who) co_return Error{ErrorCode::bug, "who joined is no participant"};
  const std::string before = gives_data ? std::string() : lra.participants[*who].data;
  co_return joined_answer(request, lra_id(lra, *id), lra_recovery_url(lra, *id, *who), before);
}

awaitable<Answer> leave_lra(Context& context, Request& request) {
  const auto id = lra_in_path(request);
  if (!id) co_return id.error();
  LraChange leave = LeaveLra{url_in(request.body)};
  const Result<Receipt> receipt = co_await change_lra(context, request, *id, std::move(leave));
  if (!receipt) co_return receipt.error();
  co_return lra_text(200, "");
}

awaitable<Answer> renew_lra(Context& context, Request& request) {
  const auto id = lra_in_path(request);
  if (!id) co_return id.error();
  const auto limit = time_limit_in(request);
  if (!limit) co_return limit.error();
  LraChange renew = RenewLra{*limit};
  const Result<Receipt> receipt = co_await change_lra(context, request, *id, std::move(renew));
  if (!receipt) co_return receipt.error();
  co_return lra_text(200, lra_id(*receipt->flow->saga->own_definition->lra, *id));
}

}  // namespace sagactl::api
