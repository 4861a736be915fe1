// The table of events, which is also the outbox: groups of them, by the last event of each
// (sql/sqlite/0015_groups_of_events.sql). An event's key consists of its node's number and its sequence, so that a
// node's events are stored together in their order.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/adapters/sql/interned_names.hpp"
#include "server/adapters/sqlite/file/given_rows.hpp"
#include "server/adapters/sqlite/file/query.hpp"
#include "server/adapters/sqlite/tables/compact_text.hpp"
#include "server/adapters/sqlite/tables/rows_by_flow.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

class EventTable {
 public:
  // What read_group reads, of `event_group AS e LEFT JOIN flow AS f ON f.no = e.flow`.
  static constexpr std::string_view columns =
      "e.key, e.type, e.aggregate_type, e.aggregate, e.version, e.occurred_at, e.data, e.metadata, e.correlation, "
      "f.id, f.trace_parent, f.definition, e.after_event, e.earlier";
  static constexpr std::int64_t no_flow = 0;  // instead of the number of a flow
  // The rows that the index event_seldom holds: is_rare() of their type. Such an event is the last of its row.
  static constexpr std::string_view rare = "12647522 >> e.type & 1";

  // The key of the node's event with that sequence. A node's keys are between those of 0 and sequence_max.
  static std::int64_t key_of(std::int64_t node, std::int64_t sequence) { return node << 40 | sequence; }
  static std::int64_t node_of(std::int64_t key) { return key >> 40; }
  static std::int64_t sequence_of(std::int64_t key) { return key & sequence_max; }
  static constexpr std::int64_t sequence_max = (std::int64_t{1} << 40) - 1;

  EventTable(SqliteConnection& connection, sql::InternedNames& names);

  void insert(std::int64_t node, const PartsOfFlows<Event>& events);  // of the node, in the order of their sequence
  std::vector<Event> after(std::int64_t node, std::int64_t sequence, std::size_t limit);
  std::optional<LastEvent> last_of(OrderId id, std::int64_t flow);
  std::vector<Event> of_flow(std::int64_t flow);  // in the order in which they happened
  std::vector<Event> of_no_flow();                // by node and sequence
  // Appends the events of the current row, in the order of their sequence.
  void read_group(SqliteStatement& row, std::vector<Event>& events);
  // Within a flow in no order. Unless `for_messages`, without the correlation, trace parent and saga type.
  RowsByFlow by_flow(bool for_messages);
  // Of those; overwrites all of the event that `next` returns, for each event of the row.
  void read_group(SqliteStatement& row, const Flow& flow, bool for_messages, const std::function<Event&()>& next);

 private:
  std::vector<Event> read_all(SqliteStatement& row);
  void read_key(SqliteStatement& row);  // of last_
  // The events of the row whose last one is in last_ but for its last two columns. A nil aggregate there stands for the
  // flow's own id.
  void read_group(SqliteStatement& row, const std::function<Event&()>& next);
  std::optional<std::int64_t> key_of_previous(const Event& event);  // of event.after
  std::optional<Event::Position> place_of(std::int64_t key);        // 0: none

  sql::InternedNames& names_;
  Query insert_, after_, last_of_, of_flow_, of_no_flow_;
  SqliteConnection& connection_;
  CompactText correlation_;
  std::string earlier_;  // its memory and that of last_ are used again
  Event last_;
};

}  // namespace sagactl::sqlite
