// What the PostgreSQL store completes: orders per second through their two commits, each with its loads, by several
// nodes at once, in batches of 1, 10, 50 and 200; with the processor time of this side alone (the server's is not in
// it). Usage: bench_postgres postgres://... [orders per measurement: 20000] [nodes: 3]. It writes into that database.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "bench/store/life_writer.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/system/system_clock.hpp"

namespace sagactl::bench {
namespace {

class PostgresBenchNode {
 public:
  PostgresBenchNode(PostgresStore& store, Clock& clock, const NodeName& name) : clock_(clock), writer_(store, name) {}

  void write(std::size_t orders, std::size_t batch) {
    for (std::size_t done = 0; done < orders; done += batch) write_batch(std::min(batch, orders - done));
  }

 private:
  void write_batch(std::size_t count) {
    std::vector<OrderLife> lives;
    for (std::size_t i = 0; i < count; ++i) lives.push_back(make_life(random_, clock_.now(), writer_.owner()));
    writer_.write(lives);
  }

  Clock& clock_;
  LifeWriter writer_;
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
