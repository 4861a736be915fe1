#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "server/adapters/sql/event_groups.hpp"
#include "server/adapters/sqlite/migrations.hpp"
#include "server/adapters/sqlite/sqlite_database.hpp"

namespace sagactl {
namespace sqlite {
namespace {

constexpr int cache_kib = 4 * 1024;     // of each view: tables are read once, each in its order
constexpr std::int64_t no_mapping = 0;  // pages are read about once; mapped, all of them would count as memory

constexpr std::string_view sql_flows =
    "SELECT {} FROM flow WHERE no BETWEEN ? AND ? AND coalesce(order_created, saga_created, 0) >= ? "
    "AND coalesce(order_created, saga_created, 0) < ? ORDER BY no";
constexpr std::string_view sql_first_and_last = "SELECT min(no), max(no) FROM flow";
constexpr std::string_view sql_nodes = "SELECT no, name FROM node ORDER BY name";
constexpr std::string_view sql_event_groups =
    "SELECT key, occurred_at, earlier FROM event_group WHERE key BETWEEN ? AND ? ORDER BY key";
// SQLite's own clock, to the millisecond.
constexpr std::string_view sql_now = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000";

// Differs from before if another connection has committed since.
constexpr std::string_view sql_version = "PRAGMA data_version";
constexpr int begins_max = 100;  // a commit between two statements is rare

// One connection in one read transaction, which sees the database as it was when it began.
class SqliteSnapshot : public History {
 public:
  // `served`: the clock of the process that serves the file, or null when none does.
  SqliteSnapshot(const std::string& path, const DatabaseClock* served) : SqliteSnapshot(path) {
    std::unique_ptr<SqliteSnapshot> second(new SqliteSnapshot(path));
    if (begin_together(*this, *second)) beside_ = std::move(second);
    check_schema(tables_.connection);
    const Timestamp now = served ? served->now() : Timestamp{tables_.connection.number(sql_now)};
    taken_at_ = std::max(now, tables_.progress.read().last_time);
    if (beside_) beside_->taken_at_ = taken_at_;
  }

  Result<void> each_flow(const HistoryFilter& filter, const std::function<bool(FlowHistory&)>& visit) override {
    return sql::guarded([&] {
      SqliteStatement& row = tables_.connection.prepared(fmt::format(sql_flows, FlowTable::columns()));
      const StatementReset reset_at_end(row);
      row.bind(filter.part.first).bind(filter.part.last);
      row.bind(filter.since.value_or(Timestamp{INT64_MIN})).bind(filter.until.value_or(Timestamp{INT64_MAX}));
      RowsByFlow payments = tables_.payments.by_flow(), barriers = tables_.barriers.by_flow(),
                 events = tables_.events.by_flow(filter.for_messages);
      FlowHistory history;
      Flow& flow = history.flow;
      while (row.next()) {
        bool has_order = false;
        const std::int64_t number = tables_.flows.read_row(row, flow, has_order);
        flow.payments.clear();
        payments.each(number, [&](SqliteStatement& it) {
          flow.payments.push_back(tables_.payments.read_row(it, flow.order.id));
        });
        flow.barriers.clear();
        barriers.each(number, [&](SqliteStatement& it) { flow.barriers.push_back(BarrierTable::read_row(it)); });
        std::size_t found = 0;
        const auto next_event = [&]() -> Event& {
          if (found == history.events.size()) history.events.emplace_back();
          return history.events[found++];
        };
        events.each(number,
                    [&](SqliteStatement& it) { tables_.events.read_group(it, flow, filter.for_messages, next_event); });
        history.events.resize(found);
        sort_by_time(history.events);
        if (!visit(history)) return;
      }
    });
  }

  Result<std::vector<FlowPart>> parts(std::int64_t flows) override {
    return sql::guarded([&] {
      SqliteStatement row = tables_.connection.prepare(sql_first_and_last);
      row.next();
      std::vector<FlowPart> parts;
      if (row.is_null()) return parts;
      const std::int64_t first = row.integer(), last = row.integer();
      for (std::int64_t begin = first; begin <= last; begin += flows) parts.push_back({begin, begin + flows - 1});
      return parts;
    });
  }

  Result<void> each_event(
      const std::function<bool(const NodeName&, std::int64_t sequence, Timestamp)>& visit) override {
    return sql::guarded([&] {
      SqliteStatement node = tables_.connection.prepare(sql_nodes);
      SqliteStatement row = tables_.connection.prepare(sql_event_groups);
      while (node.next()) {
        const std::int64_t number = node.integer();
        const NodeName name(node.text());
        row.bind(EventTable::key_of(number, 0)).bind(EventTable::key_of(number, EventTable::sequence_max));
        while (row.next()) {
          const std::int64_t last = EventTable::sequence_of(row.integer());
          const Timestamp time = row.time();
          bool goes_on = true;
          sql::each_earlier_event(row.text(), [&](const sql::EarlierEvent& event) {
            goes_on = goes_on && visit(name, last - event.sequences_before, time - event.time_before);
          });
          if (!goes_on || !visit(name, last, time)) return;
        }
      }
    });
  }

  Result<std::vector<Event>> stock_events() override {
    return sql::guarded([&] { return tables_.events.of_no_flow(); });
  }

  Result<void> each_claim(const std::function<bool(const Claim&)>& visit) override {
    return sql::guarded([&] { tables_.claims.each(visit); });
  }

  Result<std::vector<Stock>> stocks() override {
    return sql::guarded([&] { return tables_.stocks.all(); });
  }

  Result<std::vector<NodeInfo>> nodes() override {
    return sql::guarded([&] { return tables_.nodes.all(taken_at_); });
  }

  Timestamp taken_at() const override { return taken_at_; }

  Result<History*> beside() override { return beside_.get(); }

 private:
  explicit SqliteSnapshot(const std::string& path) : tables_(path, {FileAccess::read, cache_kib, no_mapping}) {}

  std::int64_t begin() {
    transaction_.reset();
    transaction_.emplace(tables_.connection, SqliteTransaction::Kind::read);
    return version();
  }
  std::int64_t version() { return tables_.connection.number(sql_version); }

  // Whether both see the same state of the file; if not, only the first has begun. SQLite as distributions build it
  // cannot open a named snapshot.
  static bool begin_together(SqliteSnapshot& first, SqliteSnapshot& second) {
    for (int begins = 0; begins < begins_max; ++begins) {
      second.transaction_.reset();
      const std::int64_t before = second.version();
      first.begin();
      if (second.begin() == before) return true;
    }
    return false;
  }

  SqliteTables tables_;
  std::optional<SqliteTransaction> transaction_;
  std::unique_ptr<SqliteSnapshot> beside_;
  Timestamp taken_at_;
};

class SqliteHistorySource : public HistorySource {
 public:
  explicit SqliteHistorySource(std::string path) : path_(std::move(path)) {}

  Result<std::unique_ptr<History>> snapshot() override {
    return sql::guarded([&]() -> Result<std::unique_ptr<History>> {
      return std::unique_ptr<History>(std::make_unique<SqliteSnapshot>(path_, nullptr));
    });
  }

 private:
  const std::string path_;
};

}  // namespace

Result<std::unique_ptr<History>> SqliteDatabase::snapshot() {
  return sql::guarded([&]() -> Result<std::unique_ptr<History>> {
    return std::unique_ptr<History>(std::make_unique<SqliteSnapshot>(path_, &time_));
  });
}

}  // namespace sqlite

Result<std::unique_ptr<HistorySource>> open_sqlite_history(const std::string& path) {
  using namespace sqlite;
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return Error{ErrorCode::not_found, fmt::format("there is no database file {}", path)};
  auto source = std::make_unique<SqliteHistorySource>(path);
  // Reports now what is wrong with the file.
  if (const auto first = source->snapshot(); !first) return first.error();
  return std::unique_ptr<HistorySource>(std::move(source));
}

}  // namespace sagactl
