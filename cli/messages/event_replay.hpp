// Events of the database as messages that are published again, each with a header that says so.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/adapters/kafka/client/message.hpp"
#include "server/ports/history.hpp"

namespace sagactl {

struct ReplaySelection {
  std::vector<std::string> ids = {};                // of sagas or orders, or correlation ids; empty: all
  std::optional<Timestamp> since = {}, until = {};  // of an event: from `since` on, before `until`
  std::set<EventType> types = {};                   // empty: all
};

// What a selection has.
struct ReplayCount {
  std::int64_t events = 0;
  std::int64_t flows = 0;
  std::map<std::string, std::int64_t> by_type;
  std::int64_t missing = 0;  // events of these flows that are not in the database any more
  std::set<std::string> unknown_ids;
};

Result<ReplayCount> count_replay(History& history, const ReplaySelection& selection);

// Calls `visit` with the messages of one flow after the other, those of each in the order in which they were written.
// The flows come in the order of their creation, after the events without a flow. Every message goes to `topic` and has
// the header `replayed-at`. `visit` returning false ends the iteration.
Result<void> each_replayed(History& history, const ReplaySelection& selection, const std::string& topic, Timestamp now,
                           const std::function<bool(std::vector<kafka::Outgoing>)>& visit);

}  // namespace sagactl
