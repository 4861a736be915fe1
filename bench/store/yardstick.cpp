#include "bench/store/yardstick.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "server/adapters/sql/event_groups.hpp"
#include "server/adapters/sqlite/file/sqlite_connection.hpp"

namespace sagactl::bench {
namespace {

constexpr std::int64_t node = 1'000;  // of its own, so that its events are nobody else's
constexpr std::string_view steps_placed = "[[2,1,1,0,0,0,1],[1,1,1,1,0,null,1],[0,0,0,0,null,null,0]]";
constexpr std::string_view steps_paid = "[[2,1,1,0,0,0,1],[2,1,1,0,0,200,1],[2,1,1,0,200,200,1]]";
constexpr std::string_view items = R"([{"productId":"PROD-12345678","productName":"A product of the bench",)"
                                   R"("quantity":1,"price":1000}])";

struct Binder {
  sqlite3_stmt* statement;
  int at = 0;
  Binder& operator()(std::int64_t value) {
    sqlite3_bind_int64(statement, ++at, value);
    return *this;
  }
  Binder& operator()(std::string_view text) {
    sqlite3_bind_text(statement, ++at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    return *this;
  }
  Binder& blob(std::span<const std::uint8_t> bytes) {
    sqlite3_bind_blob(statement, ++at, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
    return *this;
  }
};

}  // namespace

Yardstick::Yardstick(const std::string& path, std::int64_t first) : next_flow_(first), sequence_(first * 8) {
  if (sqlite3_open_v2(path.c_str(), &connection_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
    crash("the yardstick's file cannot be opened");
  // As the store has it.
  sqlite3_exec(connection_,
               "PRAGMA synchronous = FULL; PRAGMA cache_size = -49152; PRAGMA mmap_size = 1073741824; "
               "PRAGMA wal_autocheckpoint = 10000;",
               nullptr, nullptr, nullptr);
  begin_ = prepare("BEGIN IMMEDIATE");
  commit_ = prepare("COMMIT");
  flow_ = prepare(
      "INSERT INTO flow (no, id, user, items, total, address, idempotency_key, fencing_token, order_node, "
      "order_created, "
      "order_status, holds_key, order_version, order_updated, definition, saga_created, saga_status, steps, "
      "manual, "
      "wake_at, owner_node, owner_epoch, tries, saga_version, saga_updated) "
      "VALUES (?1, ?2, ?3, ?4, 100000, ?5, ?6, ?7, 1, ?7, 0, 1, 1, ?7, 1, ?7, 0, ?8, 0, ?7, 1, 1, 1, 1, ?7)");
  payment_ = prepare(
      "INSERT INTO payment (key, id, user, amount, method, created, status, node, version, updated) "
      "VALUES (?1, ?2, ?3, 100000, 0, ?4, 1, 1, 0, ?4)");
  barrier_ = prepare("INSERT INTO barrier (key, blocked) VALUES (?, 0)");
  event_ = prepare(
      "INSERT INTO event_group (key, flow, type, aggregate_type, aggregate, version, occurred_at, data, earlier) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  claim_ = prepare("INSERT INTO claim (key, flow, live) VALUES (?, ?, 1)");
  pay_flow_ = prepare(
      "UPDATE flow SET order_status = 2, payment_id = ?2, order_version = 3, order_updated = ?3, saga_status "
      "= 1, "
      "steps = ?4, wake_at = NULL, owner_node = 1, owner_epoch = 1, tries = 0, saga_version = 4, "
      "saga_updated = ?3 "
      "WHERE no = ?1");
  pay_payment_ = prepare(
      "UPDATE payment SET status = 2, external_transaction_id = ?2, version = 1, updated = ?3 WHERE key = "
      "?1");
  counter_ = prepare("UPDATE progress SET last_time = ?, last_flow = ?");
}

Yardstick::~Yardstick() {
  for (sqlite3_stmt* each :
       {begin_, commit_, flow_, payment_, barrier_, event_, claim_, pay_flow_, pay_payment_, counter_})
    sqlite3_finalize(each);
  sqlite3_close(connection_);
}

sqlite3_stmt* Yardstick::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(connection_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
    crash(sqlite3_errmsg(connection_));
  return statement;
}

void Yardstick::run(sqlite3_stmt* statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) crash(sqlite3_errmsg(connection_));
  sqlite3_reset(statement);
}

void Yardstick::write(std::span<OrderLife> lives) {
  const std::int64_t first = next_flow_;
  run(begin_);
  for (OrderLife& life : lives) place(life, next_flow_++);
  Binder{counter_}(lives.back().placed.order.created_at.us)(next_flow_ - 1);
  run(counter_);
  run(commit_);
  run(begin_);
  for (std::size_t i = 0; i < lives.size(); ++i) pay(lives[i], first + static_cast<std::int64_t>(i));
  Binder{counter_}(lives.back().paid.order.updated_at.us)(next_flow_ - 1);
  run(counter_);
  run(commit_);
}

void Yardstick::place(OrderLife& life, std::int64_t flow) {
  const Order& order = life.placed.order;
  const Payment& payment = life.placed.payments.front();
  Binder{flow_}(flow).blob(order.id.uuid.bytes).blob(order.user.uuid.bytes)(items)(order.address);
  sqlite3_bind_blob(flow_, 6, order.idempotency_key.data(), 32, SQLITE_STATIC);
  sqlite3_bind_int64(flow_, 7, order.created_at.us);
  sqlite3_bind_text(flow_, 8, steps_placed.data(), static_cast<int>(steps_placed.size()), SQLITE_STATIC);
  run(flow_);
  Binder{payment_}(flow << 12 | 1).blob(payment.id.uuid.bytes).blob(payment.user.uuid.bytes)(payment.created_at.us);
  run(payment_);
  Binder{barrier_}(flow << 19 | 1 << 1);
  run(barrier_);
  Binder{claim_}.blob(life.claim.key)(flow);
  run(claim_);
  write_events(life.placing, flow);
}

void Yardstick::pay(OrderLife& life, std::int64_t flow) {
  const Payment& payment = life.paid.payments.front();
  Binder{pay_flow_}(flow).blob(payment.id.uuid.bytes)(payment.updated_at.us)(steps_paid);
  run(pay_flow_);
  Binder{pay_payment_}(flow << 12 | 1)(payment.external_transaction_id)(payment.updated_at.us);
  run(pay_payment_);
  for (const std::int64_t step : {1, 2}) {
    Binder{barrier_}(flow << 19 | step << 13 | 1 << 1);
    run(barrier_);
  }
  write_events(life.paying, flow);
}

void Yardstick::write_events(std::vector<Event>& events, std::int64_t flow) {
  for (Event& event : events) event.sequence = ++sequence_;
  const Event& last = events.back();
  earlier_.clear();
  for (std::size_t i = 0; i + 1 < events.size(); ++i) sql::add_earlier_event(earlier_, events[i], last, std::nullopt);
  sql::end_earlier_events(earlier_);
  Binder binder{event_};
  binder(node << 40 | last.sequence)(flow)(static_cast<int>(last.type))(static_cast<int>(last.aggregate_type));
  if (last.aggregate_type == AggregateType::payment)
    binder.blob(last.aggregate.bytes);
  else
    ++binder.at, sqlite3_bind_null(event_, binder.at);
  binder(last.version)(last.occurred_at.us)(last.data)(earlier_);
  run(event_);
}

}  // namespace sagactl::bench
