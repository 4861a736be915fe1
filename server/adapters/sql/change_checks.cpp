#include "server/adapters/sql/change_checks.hpp"

#include <fmt/format.h>

#include "server/adapters/sql/database_failure.hpp"
#include "server/ports/importing_node.hpp"

namespace sagactl::sql {

void fail_as_contradiction(std::string_view what, const std::string& id, bool is_new) {
  fail_as_bug(fmt::format(
      fmt::runtime(is_new ? "{} {} is not new: it is stored already" : "{} {} cannot be changed: it is not stored"),
      what, id));
}

void check_next_event(const Event& event, const NodeName& writer, std::int64_t& last_sequence, Timestamp& last_time) {
  const bool is_history = writer == importing_node;
  if (event.node != writer || event.sequence != last_sequence + 1 || (event.occurred_at < last_time && !is_history))
    fail_as_bug(fmt::format("event {} of node {} cannot be written: event {} of node {}, from {} on, is due",
                            event.sequence, event.node, last_sequence + 1, writer, iso8601_us(last_time)));
  last_sequence = event.sequence;
  if (!is_history) last_time = event.occurred_at;
}

}  // namespace sagactl::sql
