// Groups of events: those of one flow that follow each other in a commit are one row, which has the last of them in its
// own columns and the earlier ones in a list (docs/adr/0024-events-are-stored-in-groups.md).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/saga/event.hpp"

namespace sagactl::sql {

// Whether an event can be earlier in the group of the one after it. Readers rely on it: who looks for rare events, for
// those of no flow or for a flow's newest one reads only the last event of groups.
bool is_grouped(const Event& event, const Event& next);

// The earlier events as a JSON text, for a database whose columns hold no arrays of rows;
// sql/sqlite/0015_groups_of_events.sql says what it consists of.

// Appends an event to the list; `after`: the database's number of event.after.
void add_earlier_event(std::string& list, const Event& event, const Event& last, std::optional<std::int64_t> after);
void end_earlier_events(std::string& list);  // after the last; an empty list stays an empty text

// An event of the list; its texts are parts of that.
struct EarlierEvent {
  std::int64_t sequences_before = 0;  // the last one of its group
  Duration time_before{};
  std::string_view aggregate;  // empty: the flow's own id
  std::int64_t version = 0, type = 0, aggregate_type = 0;
  std::string_view data, metadata;
  std::optional<std::int64_t> after;  // as add_earlier_event() was given it
};

// Calls `visit` with each of the list, in the order of their sequence. Throws a `bug` for what is no such list.
void each_earlier_event(std::string_view list, const std::function<void(const EarlierEvent&)>& visit);

// Overwrites all of the event but `after`. `last` is the last one of its group.
void read_earlier_event(const EarlierEvent& from, const Event& last, Event& event);

}  // namespace sagactl::sql
