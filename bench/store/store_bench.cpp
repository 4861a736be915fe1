// What the SQLite store costs: orders per second through their two commits, each with its loads, from one
// thread, in batches of 1, 10 and 400; beside the same rows written by bare statements into the same file.
// Usage: bench_store [orders that the file holds before: 0] [orders to measure: 40000] [directory: /tmp]
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>

#include "bench/store/life_writer.hpp"
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
    writer_.emplace(*store_, "bench");
    opened_in_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }

  std::vector<OrderLife> make(std::size_t count) {
    std::vector<OrderLife> lives;
    for (std::size_t i = 0; i < count; ++i) lives.push_back(make_life(random_, clock_.now(), writer_->owner()));
    return lives;
  }
  void write(std::vector<OrderLife>& lives) { writer_->write(lives); }

  double opened_in_ms() const { return opened_in_ * 1e3; }
  std::int64_t orders() { return store_->orders({}, {.limit = 1}).value().total; }

 private:
  Clock& clock_;
  std::unique_ptr<SqliteStore> store_;
  std::optional<LifeWriter> writer_;
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
