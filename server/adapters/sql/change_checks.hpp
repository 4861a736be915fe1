// What a store checks of the changes that it is to write. A contradiction is a `bug`, and nothing is written.
#pragma once

#include <string>
#include <string_view>

#include "server/ports/store.hpp"

namespace sagactl::sql {

[[noreturn]] void fail_as_contradiction(std::string_view what, const std::string& id, bool is_new);

// A new one is not stored yet, and a changed one is. `what` as in "order".
template <class Tag>
void check_is_stored(std::string_view what, const Id<Tag>& id, bool is_new, bool is_stored) {
  if (is_new == is_stored) fail_as_contradiction(what, id.text(), is_new);
}

// The event follows the last one of its writer, in sequence and, unless that imports, in time. Then it is the last one.
void check_next_event(const Event& event, const NodeName& writer, std::int64_t& last_sequence, Timestamp& last_time);

}  // namespace sagactl::sql
