// What the engine costs without a database or a network: whole order sagas decided per second on one thread, over
// the memory store, with a gateway that answers at once. Usage: bench_engine [orders] [batch]
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "server/adapters/memory/memory_bus.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/adapters/simulated/simulated_gateway.hpp"
#include "server/engine/engine.hpp"

int main(int argc, char** argv) {
  using namespace sagactl;
  const int orders = argc > 1 ? std::atoi(argv[1]) : 100'000;
  EngineOptions options;
  options.batch_max = argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 400;
  SimulatedClock clock;
  const auto store = make_memory_store(clock);
  const auto bus = make_memory_bus();
  const auto gateway = make_simulated_gateway({0.9, Duration{0}, Duration{0}, 0.0, 1}, clock);
  Engine engine(options, *store, *gateway, *bus, clock);
  if (!engine.start()) return 1;

  const auto began = std::chrono::steady_clock::now();
  int accepted = 0;
  for (int placed = 0; placed < orders;) {
    for (std::size_t i = 0; i < options.batch_max && placed < orders; ++i, ++placed) {
      PlaceOrder order;
      order.id = OrderId::fresh();
      order.actor = Actor{UserId{order.id.uuid}, Role::customer};
      order.items = {{fmt::format("PRODUCT-{}", placed), "A product", 1, Money{100000}}};
      order.address = "Seoul, Teheran-ro 123";
      engine.submit(std::move(order), [&](Result<Receipt> receipt) { accepted += receipt.ok(); });
    }
    while (engine.stats().queue_depth > 0) engine.turn();
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  fmt::print("{} sagas in {:.2f} s: {:.0f}/s, {:.1f} us each\n", accepted, seconds, accepted / seconds,
             seconds / accepted * 1e6);
}
