#include "server/api/lra/lra_answer.hpp"

#include <fmt/format.h>

#include "common/text/number.hpp"
#include "common/text/text.hpp"
#include "httpclient/url.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/problem.hpp"
#include "server/participants/calls/answer_text.hpp"
#include "server/participants/calls/lra_call.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::string_view version_header = "narayana-lra-api-version", usual_version = "1.2";
constexpr std::size_t data_max = 4096;                                             // bytes
constexpr std::int64_t limit_max_ms = std::int64_t{100} * 365 * 24 * 3600 * 1000;  // a hundred years

int status_of_error(const Error& error) {
  switch (error.code) {
    case ErrorCode::conflict:
      return 412;
    case ErrorCode::too_large:
      return 412;
    // Narayana's client takes every refusal of a join but 503 for the end of the LRA. A join may be repeated.
    case ErrorCode::retry:
    case ErrorCode::busy:
    case ErrorCode::unknown_outcome:
      return 503;
    default:
      return http::status_of(error.code);
  }
}

Json time_or_zero(std::optional<Timestamp> time) {
  return time ? time->us / 1000 : 0;
}

// When its last participant ended.
std::optional<Timestamp> finished_at(const Saga& saga) {
  if (!has_ended(lra_status_of(saga))) return std::nullopt;
  Timestamp last = saga.steps.front().ended_at;
  for (std::size_t i = 1; i < saga.steps.size(); ++i)
    if (is_lra_work(saga, i)) last = std::max(last, saga.steps[i].ended_at);
  return last;
}

}  // namespace

Result<std::string> coordinator_url(const Context& context, const http::Request& request) {
  if (!context.options.lra_url.empty()) return context.options.lra_url;
  const std::string base = fmt::format("{}://{}", request.is_https ? "https" : "http", request.header("host"));
  if (const auto valid = parse_http_url(base); !valid)
    return Error{ErrorCode::invalid,
                 fmt::format("the request has no usable Host, and the node no --lra-url: {}", valid.error().message)};
  return base + "/lra-coordinator";
}

Result<SagaId> lra_in_path(const http::Request& request) {
  const std::string_view given = request.parameter("id");
  if (const auto id = saga_of_lra_id(given)) return *id;
  return Error{ErrorCode::not_found, fmt::format("there is no LRA {}", storable(given, 200))};
}

boost::asio::awaitable<Result<Flow>> read_lra(Context& context, const http::Request& request) {
  const auto id = lra_in_path(request);
  if (!id) co_return id.error();
  Result<Flow> flow = co_await read_flow(context, request, order_of(*id));
  const bool is_missing = flow ? !flow->saga || !is_lra(*flow->saga) : flow.error().code == ErrorCode::not_found;
  if (is_missing) co_return Error{ErrorCode::not_found, fmt::format("there is no LRA {}", id->text())};
  co_return flow;
}

boost::asio::awaitable<Result<Receipt>> change_lra(Context& context, http::Request& request, SagaId id,
                                                   LraChange change) {
  Command command = ChangeLraRequest{id, actor_of(request), std::move(change)};
  Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt && receipt.error().code == ErrorCode::not_found)
    co_return Error{ErrorCode::not_found, fmt::format("there is no LRA {}", id.text())};
  co_return receipt;
}

boost::asio::awaitable<Result<void>> check_participant(Context& context, const LraLinks& links) {
  const auto participants = context.participants;
  if (!participants) co_return Result<void>{};
  LraDefinition only;
  only.participants.push_back({links, {}, {}});
  auto definition = compile_definition(canonical_text(lra_definition_json(only)), 1);
  if (!definition) co_return definition.error();
  auto check = [participants, definition = *definition] { return participants->check(*definition); };
  co_return co_await context.query_threads.run(std::move(check));
}

Result<Duration> time_limit_in(const http::Request& request) {
  const std::string_view text = request.query_value("TimeLimit").value_or("");
  if (text.empty()) return Duration{0};
  const auto limit_ms = parse_number<std::int64_t>(text);
  if (!limit_ms || *limit_ms > limit_max_ms)
    return Error{ErrorCode::invalid,
                 fmt::format("TimeLimit is '{}'; it must be a number of milliseconds, or 0 for none", text)};
  return Duration(std::chrono::milliseconds(std::max<std::int64_t>(*limit_ms, 0)));
}

Result<std::string> participant_data_in(const http::Request& request) {
  const std::string_view data = request.header("narayana-lra-participant-data");
  if (data.size() > data_max)
    return Error{ErrorCode::invalid,
                 fmt::format("the participant's data has {} bytes; at most {}", data.size(), data_max)};
  if (!is_utf8(data)) return Error{ErrorCode::invalid, "the participant's data is no UTF-8"};
  if (!data.empty() && api_version(request) == "1.0")
    return Error{ErrorCode::conflict, "version 1.0 of the API has no participant data"};
  return std::string(data);
}

std::string joined_header(const http::Request& request, std::string_view lower_case_name) {
  std::string all;
  for (const http::Header& header : request.headers)
    if (header.name == lower_case_name) all += all.empty() ? header.value : "," + header.value;
  return all;
}

bool wants_json(const http::Request& request) {
  const std::string_view accept = request.header("accept");
  const auto names = [&](std::string_view type) { return accept.find(type) != accept.npos; };
  return names("application/json") && !names("text/") && !names("*/*");
}

std::string_view api_version(const http::Request& request) {
  const std::string_view given = request.header(version_header);
  return given.empty() ? usual_version : given;
}

bool waits_for_no_end(const http::Request& request) {
  return api_version(request) == "2.0";
}

http::Response lra_text(int status, std::string text) {
  return http::text_response(status, std::move(text));
}

http::Response lra_error(const Error& error) {
  http::Response response = lra_text(status_of_error(error), error.message);
  if (response.status == 503) response.headers.push_back({"Retry-After", "1"});
  return response;
}

Json lra_json(const Flow& flow) {
  const Saga& saga = *flow.saga;
  const LraDefinition& lra = *saga.own_definition->lra;
  const LraStatus status = lra_status_of(saga);
  return Json{{"lraId", lra_id(lra, saga.id)},
              {"clientId", text_or_empty(read_json(saga.input), "clientId")},
              {"status", to_string(status)},
              {"topLevel", !lra.is_nested()},
              {"recovering", is_under_way(status)},
              {"startTime", time_or_zero(saga.created_at)},
              {"finishTime", time_or_zero(finished_at(saga))},
              {"httpStatus", status == LraStatus::active ? 204 : 200}};
}

}  // namespace sagactl::api
