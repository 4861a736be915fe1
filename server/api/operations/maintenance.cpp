// Maintenance: pending orders, those among them that are orphaned (no open saga will change them), and how many sagas
// and orders have each status.
#include <fmt/format.h>

#include "server/api/operations/handlers.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/operations/render_trace.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t pending_max = 1000;  // read or cleaned up by one request

// Pending, and no open saga will change that.
bool is_orphaned(const Flow& flow) {
  return !is_users_saga(flow) && flow.order.status == OrderStatus::pending &&
         (!flow.saga || is_terminal(flow.saga->status));
}

Json pending_entry(const Flow& flow) {
  const Payment* payment = latest_payment(flow);
  return Json{
      {"order",
       {{"id", flow.order.id.text()},
        {"status", to_string(flow.order.status)},
        {"totalAmount", flow.order.total.text()},
        {"createdAt", iso8601_ms(flow.order.created_at)}}},
      {"saga", flow.saga ? Json{{"id", flow.saga->id.text()},
                                {"status", to_string(flow.saga->status)},
                                {"currentStep", saga_step(flow)}}
                         : Json(nullptr)},
      {"payment", payment ? Json{{"id", payment->id.text()}, {"status", to_string(payment->status)}} : Json(nullptr)},
      {"isOrphaned", is_orphaned(flow)}};
}

OrderFilter pending_of(const std::optional<UserId>& user) {
  OrderFilter filter;
  filter.user = user;
  filter.status = OrderStatus::pending;
  return filter;
}

OrderFilter orphaned_of(const std::optional<UserId>& user) {
  OrderFilter filter = pending_of(user);
  filter.orphaned = true;
  return filter;
}

// Sagas and orders by status, as the totals of pages of one.
class StatusCounts {
 public:
  StatusCounts(Queries& queries, std::optional<UserId> user, Timestamp now)
      : queries_(queries), user_(user), now_(now) {}

  Result<Json> read() {
    Json sagas = by_status<SagaStatus>([this](SagaStatus status) { return sagas_in(status); });
    Json orders = by_status<OrderStatus>([this](OrderStatus status) { return orders_in(status); });
    SagaFilter stuck;
    stuck.user = user_;
    stuck.statuses = {SagaStatus::started, SagaStatus::compensating};
    stuck.late_since = now_ - stuck_after;
    const std::int64_t stuck_sagas = total(queries_.sagas(stuck, one));
    const bool orphaned = total(queries_.orders(orphaned_of(user_), one)) > 0;
    if (error_) return *error_;
    return Json{{"sagas", std::move(sagas)},
                {"orders", std::move(orders)},
                {"issues", {{"orphanedPendingOrders", orphaned}, {"stuckSagas", stuck_sagas}}}};
  }

 private:
  static constexpr Page one{0, 1, std::nullopt};

  std::int64_t total(const Result<FlowPage>& found) {
    if (found) return found->total;
    if (!error_) error_ = found.error();
    return 0;
  }

  // `count` of each status, and their total.
  template <class Status, class Count>
  Json by_status(Count count) {
    Json json{{"total", 0}};
    std::int64_t all = 0;
    for (const std::string_view name : Spelling<Status>::names) {
      const std::int64_t each = count(*from_string<Status>(name));
      json[std::string(name)] = each;
      all += each;
    }
    json["total"] = all;
    return json;
  }

  std::int64_t sagas_in(SagaStatus status) {
    SagaFilter filter;
    filter.user = user_;
    filter.statuses = {status};
    return total(queries_.sagas(filter, one));
  }

  std::int64_t orders_in(OrderStatus status) {
    OrderFilter filter;
    filter.user = user_;
    filter.status = status;
    return total(queries_.orders(filter, one));
  }

  Queries& queries_;
  std::optional<UserId> user_;
  Timestamp now_;
  std::optional<Error> error_;
};

}  // namespace

awaitable<Answer> list_pending_orders(Context& context, Request& request) {
  auto read = [&queries = context.queries, user = owner_filter(request)] {
    return queries.orders(pending_of(user), Page{0, pending_max, std::nullopt});
  };
  const Result<FlowPage> found = co_await context.query_threads.list(read);
  if (!found) co_return found.error();
  Json body{{"count", found->total}, {"orders", Json::array()}};
  for (const Flow& flow : found->flows) body["orders"].push_back(pending_entry(flow));
  co_return http::json_response(200, body);
}

// The oldest first; `remaining` says how many are left for the next request.
awaitable<Answer> clean_up_pending_orders(Context& context, Request& request) {
  auto read = [&queries = context.queries] {
    return queries.orders(orphaned_of(std::nullopt), Page{.limit = pending_max, .oldest_first = true});
  };
  const Result<FlowPage> found = co_await context.query_threads.list(read);
  if (!found) co_return found.error();
  Json results = Json::array();
  std::int64_t remaining = found->total;
  for (const Flow& flow : found->flows) {
    Command command = CancelOrderRequest{flow.order.id, actor_of(request), "Cleanup: no open saga for the order"};
    const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
    remaining -= receipt.ok();
    results.push_back(Json{{"orderId", flow.order.id.text()},
                           {"action", receipt ? "cancelled" : "failed"},
                           {"reason", receipt ? std::string("no open saga for the order") : receipt.error().message}});
  }
  const std::size_t processed = results.size();
  const Json body{{"message", "Pending orders cleanup completed"},
                  {"processed", processed},
                  {"remaining", remaining},
                  {"results", results}};
  co_return http::json_response(201, body);
}

awaitable<Answer> get_saga_health(Context& context, Request& request) {
  const Result<Timestamp> now = co_await context.database_time.run();
  if (!now) co_return now.error();
  auto read = [&queries = context.queries, user = owner_filter(request), now = *now] {
    return StatusCounts(queries, user, now).read();
  };
  const Result<Json> health = co_await context.query_threads.list(read);
  if (!health) co_return health.error();
  co_return http::json_response(200, *health);
}

}  // namespace sagactl::api
