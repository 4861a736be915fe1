// What the SQLite store costs: orders per second through their two commits, each with its loads, from one
// thread, in batches of 1, 10 and 400; beside the same rows written by bare statements into the same file.
// Usage: bench_store [orders that the file holds before: 0] [orders to measure: 40000] [directory: /tmp]
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>

#include "bench/store/order_life.hpp"
#include "bench/store/yardstick.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"
#include "server/adapters/system/system_clock.hpp"

namespace sagactl::bench {
namespace {

struct Cost {
  double seconds = 0, cpu_seconds = 0;
  std::size_t orders = 0;
  double rate() const { return static_cast<double>(orders) / seconds; }
  double cpu_us() const { return cpu_seconds * 1e6 / static_cast<double>(orders); }
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Lives are made outside the time that is measured.
Cost measure(std::size_t orders, std::size_t batch, const std::function<std::vector<OrderLife>(std::size_t)>& make,
             const std::function<void(std::vector<OrderLife>&)>& write) {
  Cost cost;
  while (cost.orders < orders) {
    std::vector<OrderLife> lives = make(std::min(batch, orders - cost.orders));
    const auto began = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    write(lives);
    cost.cpu_seconds += cpu_seconds() - cpu;
    cost.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    cost.orders += lives.size();
  }
  return cost;
}

class Serving {
 public:
  Serving(const std::string& path, Clock& clock) : clock_(clock) {
    const auto began = std::chrono::steady_clock::now();
    auto opened = open_sqlite({.path = path}, clock);
    if (!opened) crash(opened.error().message.c_str());
    store_ = std::move(*opened);
    registration_ = store_->register_node("bench", "", 1h).value();
    opened_in_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }

  std::vector<OrderLife> make(std::size_t count) {
    std::vector<OrderLife> lives;
    const Owner owner{registration_.writer.node, registration_.writer.epoch};
    for (std::size_t i = 0; i < count; ++i) lives.push_back(make_life(random_, clock_.now(), owner));
    return lives;
  }

  void write(std::vector<OrderLife>& lives) {
    BatchKeys placing, paying;
    for (const OrderLife& life : lives) {
      placing.flows.push_back(life.placed.order.id);
      placing.claims.push_back(life.claim.key);
    }
    paying.flows = placing.flows;
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

  double opened_in_ms() const { return opened_in_ * 1e3; }
  std::int64_t orders() { return store_->orders({}, {.limit = 1}).value().total; }

 private:
  void add(Changes& changes, std::vector<Event>& events, Timestamp now) {
    for (Event& event : events) {
      event.sequence = ++registration_.last_sequence;
      event.occurred_at = now;
      changes.events.push_back(&event);
    }
  }

  void commit(const BatchKeys& keys, const std::function<Changes(Timestamp)>& decide) {
    Loaded loaded;
    const auto done = store_->transact(registration_.writer, keys, loaded, decide);
    if (!done) crash(done.error().message.c_str());
  }

  Clock& clock_;
  std::unique_ptr<SqliteStore> store_;
  NodeRegistration registration_;
  Random random_{std::random_device{}()};
  double opened_in_ = 0;
};

void run(std::size_t before, std::size_t orders, const std::string& path) {
  const auto clock = make_system_clock();
  {
    Serving serving(path, *clock);
    const Cost cost = measure(
        before, 2'000, [&](std::size_t n) { return serving.make(n); },
        [&](std::vector<OrderLife>& lives) { serving.write(lives); });
    if (before) fmt::print("filled with {} orders at {:.0f}/s\n", before, cost.rate());
  }
  fmt::print("{:>6} {:>22} {:>22} {:>6}\n", "batch", "yardstick", "store", "ratio");
  std::int64_t first = 1'000'000'000;
  for (const std::size_t batch : {std::size_t{1}, std::size_t{10}, std::size_t{400}}) {
    const std::size_t count = batch == 1 ? orders / 20 : orders;
    std::vector<OrderLife> made;
    Cost bare, whole;
    {
      Random random(std::random_device{}());
      Yardstick yardstick(path, first);
      first += 1'000'000'000;
      bare = measure(
          count, batch,
          [&](std::size_t n) {
            std::vector<OrderLife> lives;
            for (std::size_t i = 0; i < n; ++i) lives.push_back(make_life(random, clock->now(), {"bench", 1}));
            return lives;
          },
          [&](std::vector<OrderLife>& lives) { yardstick.write(lives); });
    }
    {
      Serving serving(path, *clock);
      whole = measure(
          count, batch, [&](std::size_t n) { return serving.make(n); },
          [&](std::vector<OrderLife>& lives) { serving.write(lives); });
    }
    fmt::print("{:>6} {:>8.0f}/s {:>6.1f} us cpu {:>8.0f}/s {:>6.1f} us cpu {:>6.2f}\n", batch, bare.rate(),
               bare.cpu_us(), whole.rate(), whole.cpu_us(), whole.rate() / bare.rate());
  }
  Serving last(path, *clock);
  fmt::print("{} orders, {:.0f} MB, opened in {:.1f} ms\n", last.orders(),
             static_cast<double>(std::filesystem::file_size(path)) / 1e6, last.opened_in_ms());
}

}  // namespace
}  // namespace sagactl::bench

int main(int argc, char** argv) {
  const std::size_t before = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
  const std::size_t orders = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 40'000;
  const std::filesystem::path directory =
      std::filesystem::path(argc > 3 ? argv[3] : "/tmp") / fmt::format("sagactl-bench-{}", getpid());
  std::filesystem::create_directories(directory);
  sagactl::bench::run(before, orders, (directory / "sagactl.db").string());
  if (!std::getenv("KEEP")) std::filesystem::remove_all(directory);
}
