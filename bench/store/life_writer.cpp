#include "bench/store/life_writer.hpp"

#include <sys/resource.h>

namespace sagactl::bench {

LifeWriter::LifeWriter(Store& store, const NodeName& node) : store_(store) {
  auto registration = store.register_node(node, "", 1h);
  if (!registration) crash(registration.error().message.c_str());
  registration_ = *registration;
}

void LifeWriter::write(std::vector<OrderLife>& lives) {
  BatchKeys placing, paying;
  for (const OrderLife& life : lives) {
    placing.claims.push_back(life.claim.key);
    paying.flows.push_back(life.placed.order.id);
  }
  commit(placing, [&](Timestamp now) {
    Changes changes;
    for (OrderLife& life : lives) {
      changes.new_orders.push_back(&life.placed.order);
      changes.new_sagas.push_back(&*life.placed.saga);
      changes.new_payments.push_back(&life.placed.payments[0]);
      changes.barriers.emplace_back(life.placed.order.id, &life.placed.barriers[0]);
      changes.claims.push_back(&life.claim);
      add_events(changes, life.placing, now);
    }
    return changes;
  });
  commit(paying, [&](Timestamp now) {
    Changes changes;
    for (OrderLife& life : lives) {
      changes.orders.push_back(&life.paid.order);
      changes.sagas.push_back(&*life.paid.saga);
      changes.payments.push_back(&life.paid.payments[0]);
      for (std::size_t i : {1, 2}) changes.barriers.emplace_back(life.paid.order.id, &life.paid.barriers[i]);
      add_events(changes, life.paying, now);
    }
    return changes;
  });
}

// A store may decide a batch again, so that numbers are only used up by a commit.
void LifeWriter::add_events(Changes& changes, std::vector<Event>& events, Timestamp now) {
  std::int64_t sequence = changes.events.empty() ? registration_.last_sequence : changes.events.back()->sequence;
  for (Event& event : events) {
    event.sequence = ++sequence;
    event.occurred_at = now;
    changes.events.push_back(&event);
  }
}

void LifeWriter::commit(const BatchKeys& keys, const std::function<Changes(Timestamp)>& decide) {
  Loaded loaded;
  std::int64_t last = registration_.last_sequence;
  const auto done = store_.transact(registration_.writer, keys, loaded, [&](Timestamp now) {
    Changes changes = decide(now);
    if (!changes.events.empty()) last = changes.events.back()->sequence;
    return changes;
  });
  if (!done) crash(done.error().message.c_str());
  registration_.last_sequence = last;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace sagactl::bench
