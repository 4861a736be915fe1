// What the PostgreSQL store completes: orders per second through their two commits, each with its loads, by several
// nodes at once, in batches of 1, 10, 50 and 200; with the processor time of this side alone (the server's is not in
// it). Usage: bench_postgres postgres://... [orders per measurement: 20000] [nodes: 3]. It writes into that database.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "bench/store/order_life.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/system/system_clock.hpp"

namespace sagactl::bench {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class PostgresBenchNode {
 public:
  PostgresBenchNode(PostgresStore& store, Clock& clock, const NodeName& name) : store_(store), clock_(clock) {
    auto registration = store.register_node(name, "", 1h);
    if (!registration) crash(registration.error().message.c_str());
    registration_ = *registration;
  }

  void write(std::size_t orders, std::size_t batch) {
    for (std::size_t done = 0; done < orders; done += batch) write_batch(std::min(batch, orders - done));
  }

 private:
  void write_batch(std::size_t count) {
    std::vector<OrderLife> lives;
    const Owner owner{registration_.writer.node, registration_.writer.epoch};
    for (std::size_t i = 0; i < count; ++i) lives.push_back(make_life(random_, clock_.now(), owner));
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
        add(changes, life.placing, now);
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
        add(changes, life.paying, now);
      }
      return changes;
    });
  }

  void add(Changes& changes, std::vector<Event>& events, Timestamp now) {
    std::int64_t sequence = registration_.last_sequence;
    for (const Event* event : changes.events) sequence = event->sequence;
    for (Event& event : events) {
      event.sequence = ++sequence;
      event.occurred_at = now;
      changes.events.push_back(&event);
    }
  }

  void commit(const BatchKeys& keys, const std::function<Changes(Timestamp)>& decide) {
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

  PostgresStore& store_;
  Clock& clock_;
  NodeRegistration registration_;
  Random random_{std::random_device{}()};
};

void run(const std::string& url, std::size_t orders, std::size_t node_count) {
  const auto clock = make_system_clock();
  auto store = open_postgres({.url = url});
  if (!store) crash(store.error().message.c_str());
  std::vector<std::unique_ptr<PostgresBenchNode>> nodes;
  for (std::size_t i = 1; i <= node_count; ++i)
    nodes.push_back(std::make_unique<PostgresBenchNode>(**store, *clock, fmt::format("bench-{}", i)));
  fmt::print("{:>6} {:>10} {:>16}\n", "batch", "orders/s", "client us/order");
  for (const std::size_t batch : {1, 10, 50, 200}) {
    const std::size_t each = (batch == 1 ? orders / 10 : orders) / node_count;
    const auto began = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    std::vector<std::thread> threads;
    for (const auto& node : nodes) threads.emplace_back([&node, each, batch] { node->write(each, batch); });
    for (std::thread& thread : threads) thread.join();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const auto total = static_cast<double>(each * node_count);
    fmt::print("{:>6} {:>10.0f} {:>16.1f}\n", batch, total / seconds, (cpu_seconds() - cpu) * 1e6 / total);
  }
}

}  // namespace
}  // namespace sagactl::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_postgres postgres://USER@HOST/DATABASE [orders] [nodes]\n");
    return 2;
  }
  sagactl::bench::run(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20'000,
                      argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 3);
}
