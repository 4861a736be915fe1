// query and all: transactions and their branches, read from their sagas.
#include <fmt/format.h>

#include <algorithm>

#include "common/text/number.hpp"
#include "server/api/dtm/dtm_answer.hpp"
#include "server/api/dtm/find_transaction.hpp"
#include "server/api/dtm/handlers.hpp"
#include "server/api/dtm/render_transaction.hpp"
#include "server/saga/dtm_definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t limit_usual = 100, limit_max = 1000;
// A filter may leave out most of what is read; then the page ends early, with the position after what was read.
constexpr std::int64_t transactions_read_max = 10'000;

struct ListRequest {
  std::vector<std::string> types;
  std::optional<DtmStatus> status;
  SagaFilter filter;
  std::optional<OrderId> after;
  std::int64_t limit = limit_usual;
};

Result<std::int64_t> number_in(const Request& request, std::string_view name, std::int64_t usual) {
  const std::string_view text = request.query_value(name).value_or("");
  if (text.empty()) return usual;
  const auto value = parse_number<std::int64_t>(text);
  if (!value || *value < 0)
    return Error{ErrorCode::invalid, fmt::format("{} is '{}'; it must be a whole number", name, text)};
  return *value;
}

// The ids begin with the time of their creation.
OrderId id_at(std::int64_t milliseconds, std::uint8_t rest) {
  OrderId id;
  for (int i = 0; i < 6; ++i)
    id.uuid.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  for (std::size_t i = 6; i < id.uuid.bytes.size(); ++i) id.uuid.bytes[i] = rest;
  return id;
}

std::vector<SagaStatus> statuses_of(DtmStatus status) {
  switch (status) {
    case DtmStatus::prepared:
    case DtmStatus::submitted:
      return {SagaStatus::started};
    case DtmStatus::aborting:
      return {SagaStatus::compensating, SagaStatus::failed};
    case DtmStatus::succeed:
      return {SagaStatus::completed};
    case DtmStatus::failed:
      break;
  }
  return {SagaStatus::compensated, SagaStatus::failed};
}

Result<ListRequest> read_list_request(const Request& request) {
  constexpr std::int64_t latest = (std::int64_t{1} << 48) - 1;
  ListRequest out;
  const std::string type(request.query_value("transType").value_or(""));
  if (type.empty() || type == "saga") out.types.emplace_back(dtm_saga);
  if (type.empty() || type == "msg") out.types.emplace_back(dtm_message);
  if (const std::string status(request.query_value("status").value_or("")); !status.empty()) {
    out.status = from_string<DtmStatus>(status);
    if (!out.status)
      return Error{ErrorCode::invalid,
                   fmt::format("status is '{}'; there are prepared, submitted, aborting, succeed and failed", status)};
    out.filter.statuses = statuses_of(*out.status);
  }
  const auto from = number_in(request, "createTimeStart", 0);
  if (!from) return from.error();
  const auto to = number_in(request, "createTimeEnd", 0);
  if (!to) return to.error();
  if (*from > 0 || *to > 0)
    out.filter.ids = IdRange{id_at(std::min(*from, latest), 0), id_at(*to > 0 ? std::min(*to, latest) : latest, 0xFF)};
  if (const std::string position(request.query_value("position").value_or("")); !position.empty()) {
    out.after = OrderId::parse(position);
    if (!out.after)
      return Error{ErrorCode::invalid, fmt::format("position is '{}'; it must be a next_position", position)};
  }
  const auto limit = number_in(request, "limit", limit_usual);
  if (!limit) return limit.error();
  out.limit = std::clamp<std::int64_t>(*limit, 1, limit_max);
  return out;
}

struct Listed {
  std::vector<Flow> flows;
  std::optional<OrderId> next;  // none: the list is complete
};

// Newest first, of all types together.
Result<Listed> read_list(Queries& queries, ListRequest asked) {
  Listed out;
  std::int64_t read = 0;
  for (;;) {
    std::vector<Flow> found;
    bool has_more = false;
    for (const std::string& type : asked.types) {
      asked.filter.type = type;
      auto page = queries.sagas(asked.filter, Page{.limit = asked.limit + 1, .after = asked.after, .count = false});
      if (!page) return page.error();
      has_more |= static_cast<std::int64_t>(page->flows.size()) > asked.limit;
      std::move(page->flows.begin(), page->flows.end(), std::back_inserter(found));
    }
    std::sort(found.begin(), found.end(), [](const Flow& a, const Flow& b) { return a.order.id > b.order.id; });
    has_more |= static_cast<std::int64_t>(found.size()) > asked.limit;
    if (static_cast<std::int64_t>(found.size()) > asked.limit) found.resize(static_cast<std::size_t>(asked.limit));
    for (std::size_t i = 0; i < found.size(); ++i) {
      asked.after = found[i].order.id;
      ++read;
      const bool matches =
          is_dtm_transaction(found[i]) && (!asked.status || dtm_status_of(*found[i].saga) == *asked.status);
      if (!matches) continue;
      out.flows.push_back(std::move(found[i]));
      if (static_cast<std::int64_t>(out.flows.size()) < asked.limit) continue;
      if (has_more || i + 1 < found.size()) out.next = asked.after;
      return out;
    }
    if (!has_more) return out;
    if (read >= transactions_read_max) {
      out.next = asked.after;
      return out;
    }
  }
}

Json query_json(const std::optional<Flow>& flow) {
  if (!flow) return Json{{"transaction", nullptr}, {"branches", Json::array()}};
  return Json{{"transaction", transaction_json(*flow)}, {"branches", branches_json(*flow)}};
}

Json single_list_json(const std::optional<Flow>& flow) {
  Json list;
  if (flow) list = Json::array({transaction_json(*flow)});
  return Json{{"transactions", std::move(list)}, {"next_position", ""}};
}

Json list_json(const Listed& listed) {
  Json list = Json::array();
  for (const Flow& flow : listed.flows) list.push_back(transaction_json(flow));
  return Json{{"transactions", std::move(list)}, {"next_position", listed.next ? listed.next->text() : ""}};
}

}  // namespace

awaitable<Answer> query_transaction(Context& context, Request& request) {
  const std::string gid(request.query_value("gid").value_or(""));
  if (gid.empty()) co_return Error{ErrorCode::invalid, "no gid: call query?gid=..."};
  const auto flow = co_await find_transaction(context, gid);
  if (!flow) co_return flow.error();
  co_return dtm_object(query_json(*flow));
}

awaitable<Answer> list_transactions(Context& context, Request& request) {
  if (const std::string gid(request.query_value("gid").value_or("")); !gid.empty()) {
    const auto flow = co_await find_transaction(context, gid);
    if (!flow) co_return flow.error();
    co_return dtm_object(single_list_json(*flow));
  }
  auto asked = read_list_request(request);
  if (!asked) co_return asked.error();
  auto read = [&queries = context.queries, asked = std::move(*asked)] { return read_list(queries, asked); };
  const Result<Listed> listed = co_await context.query_threads.list(std::move(read));
  if (!listed) co_return listed.error();
  co_return dtm_object(list_json(*listed));
}

}  // namespace sagactl::api
