// What LRAs there are, and how they do.
#include <fmt/format.h>

#include <algorithm>

#include "server/api/lra/handlers.hpp"
#include "server/api/lra/lra_answer.hpp"
#include "server/api/submit.hpp"

namespace sagactl::api {
namespace {

// The protocol has no pages: the newest ones are listed, of at most so many that are read.
constexpr std::size_t listed_max = 1000;
constexpr std::int64_t lra_page_max = 1000, lra_read_max = 10'000;
constexpr std::size_t tried_now_max = 100;

using Wanted = bool (*)(LraStatus status, const Saga& saga);

bool is_recovering(LraStatus status, const Saga&) {
  return is_under_way(status);
}

bool needs_a_person(LraStatus status, const Saga& saga) {
  return (status == LraStatus::failed_to_close || status == LraStatus::failed_to_cancel) &&
         saga.requires_manual_intervention;
}

// The sagas that may have that status.
SagaFilter lra_filter_of(std::optional<LraStatus> status) {
  using enum SagaStatus;
  SagaFilter filter;
  filter.type = lra_saga;
  if (!status) return filter;
  switch (*status) {
    case LraStatus::active:
      filter.statuses = {started};
      break;
    case LraStatus::closing:
      filter.statuses = {started};
      filter.retries_over = 0;  // an active one calls nobody
      break;
    case LraStatus::cancelling:
      filter.statuses = {compensating};
      break;
    case LraStatus::closed:  // those that listen may still be told
      filter.statuses = {completed, started, failed};
      break;
    case LraStatus::cancelled:
      filter.statuses = {compensated, compensating, failed};
      break;
    case LraStatus::failed_to_close:
      filter.statuses = {failed, started};
      break;
    case LraStatus::failed_to_cancel:
      filter.statuses = {failed, compensating};
      break;
  }
  return filter;
}

// Newest first.
template <class IsWanted>
Result<std::vector<Flow>> read_lras(Queries& queries, const SagaFilter& filter, const IsWanted& is_wanted) {
  std::vector<Flow> found;
  Page page{.limit = lra_page_max};
  page.count = false;
  for (std::int64_t read = 0; read < lra_read_max; read += lra_page_max) {
    auto some = queries.sagas(filter, page);
    if (!some) return some.error();
    for (Flow& flow : some->flows) {
      page.after = flow.order.id;
      if (!is_lra(*flow.saga) || !is_wanted(lra_status_of(*flow.saga), *flow.saga)) continue;
      found.push_back(std::move(flow));
      if (found.size() == listed_max) return found;
    }
    if (static_cast<std::int64_t>(some->flows.size()) < lra_page_max) break;
  }
  return found;
}

awaitable<Result<std::vector<Flow>>> read_wanted(Context& context, SagaFilter filter, Wanted wanted) {
  auto read = [&queries = context.queries, filter = std::move(filter), wanted] {
    return read_lras(queries, filter, wanted);
  };
  co_return co_await context.query_threads.list(std::move(read));
}

http::Response list_answer(const std::vector<Flow>& flows) {
  Json list = Json::array();
  for (const Flow& flow : flows) list.push_back(lra_json(flow));
  return http::json_response(200, list);
}

SagaFilter recovering_filter() {
  SagaFilter filter;
  filter.type = lra_saga;
  filter.statuses = {SagaStatus::started, SagaStatus::compensating};
  filter.retries_over = 0;
  return filter;
}

}  // namespace

awaitable<Answer> list_lras(Context& context, Request& request) {
  const std::string text(request.query_value("Status").value_or(""));
  const auto status = from_string<LraStatus>(text);
  if (!text.empty() && !status)
    co_return Error{ErrorCode::invalid,
                    fmt::format("Status is '{}'; there are {}", text, fmt::join(Spelling<LraStatus>::names, ", "))};
  auto read = [&queries = context.queries, status] {
    return read_lras(queries, lra_filter_of(status),
                     [status](LraStatus it, const Saga&) { return !status || it == *status; });
  };
  const Result<std::vector<Flow>> found = co_await context.query_threads.list(std::move(read));
  if (!found) co_return found.error();
  co_return list_answer(*found);
}

awaitable<Answer> show_lra(Context& context, Request& request) {
  const Result<Flow> flow = co_await read_lra(context, request);
  if (!flow) co_return flow.error();
  co_return http::json_response(200, lra_json(*flow));
}

awaitable<Answer> lra_status(Context& context, Request& request) {
  const Result<Flow> flow = co_await read_lra(context, request);
  if (!flow) co_return flow.error();
  const std::string status(to_string(lra_status_of(*flow->saga)));
  if (!wants_json(request)) co_return lra_text(200, status);
  const Json body{{"status", status}};
  co_return http::json_response(200, body);
}

// The calls that wait for their next try are made now; the answer is how things were before.
awaitable<Answer> list_recovering(Context& context, Request& request) {
  const Result<std::vector<Flow>> found = co_await read_wanted(context, recovering_filter(), is_recovering);
  if (!found) co_return found.error();
  for (std::size_t i = 0; i < found->size() && i < tried_now_max; ++i) {
    Command command = TryNowRequest{(*found)[i].saga->id};
    const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
    // One that has ended meanwhile has nothing left to try.
    if (!receipt && receipt.error().code != ErrorCode::conflict) co_return receipt.error();
  }
  co_return list_answer(*found);
}

awaitable<Answer> list_failed(Context& context, Request&) {
  SagaFilter filter;
  filter.type = lra_saga;
  filter.statuses = {SagaStatus::failed};
  const Result<std::vector<Flow>> found = co_await read_wanted(context, std::move(filter), needs_a_person);
  if (!found) co_return found.error();
  co_return list_answer(*found);
}

}  // namespace sagactl::api
