// Events of which some follow each other in one commit, for stores that keep such events in one row.
#pragma once

#include <vector>

#include "tests/contract/writing.hpp"

namespace sagactl {

// Node "new" writes 1 to 3 of flow 1; 4 and 5 of flow 2, of which 4 is rare; 6 and 7 of no flow; 8 of flow 1. Each is a
// microsecond after the one before. A user asked for 2, 6 and 7.
class GroupedEvents {
 public:
  explicit GroupedEvents(StoreSubject& subject) : node(subject, "new") {
    node.write([&](ChangeList& list, Timestamp now) {
      events.clear();
      one = new_flow(1, node.owner(), now);
      const Flow two = new_flow(2, node.owner(), now);
      list.create(one).create(two);
      add(one, {EventType::order_created, EventType::payment_processed, EventType::saga_started}, now);
      add(two, {EventType::payment_failed, EventType::saga_completed}, now);
      for (const char* id : {"A", "B"})
        events.push_back(node.event(new_stock(StockKind::product, id, 5, "new", now), time_of_next(now)));
      add(one, {EventType::saga_completed}, now);
      list.changes.latest = events.back().occurred_at;
      for (const Event& event : events) list.add(event);
    });
  }

  WriterNode node;
  Flow one;
  std::vector<Event> events;

 private:
  Timestamp time_of_next(Timestamp now) const { return now + Duration{static_cast<std::int64_t>(events.size())}; }
  void add(const Flow& flow, const std::vector<EventType>& types, Timestamp now) {
    for (const EventType type : types) {
      events.push_back(node.event(flow, type, time_of_next(now)));
      if (type == EventType::payment_processed) events.back().metadata = requested_by("ann");
    }
  }
};

}  // namespace sagactl
