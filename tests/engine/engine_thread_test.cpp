#include "server/engine/engine_thread.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

#include "server/adapters/memory/memory_bus.hpp"
#include "server/adapters/memory/memory_lock.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_gateway.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/engine/order_admission.hpp"

namespace sagactl {
namespace {

constexpr int threads = 4, orders_each = 250;

PlaceOrder order_of_product(const std::string& product) {
  PlaceOrder order;
  order.id = OrderId::fresh();
  order.actor = Actor{UserId{new_uuid()}, Role::customer};
  order.items = {{product, "Product", 1, Money{100}}};
  order.address = "Seoul";
  return order;
}

TEST(EngineThread, ManyThreadsPlaceOrdersOnTwoNodesAndEveryOneIsAnsweredOnce) {
  auto clock = make_system_clock();
  const auto store = make_memory_store(*clock);
  const auto bus = make_memory_bus();
  const auto lock = make_memory_lock(*clock);
  const auto gateway = make_simulated_gateway(
      {.success = 0.9, .delay_min = Duration{0}, .delay_max = 2ms, .timeout_share = 0.05, .seed = 7}, *clock);
  std::vector<std::unique_ptr<Engine>> engines;
  std::vector<std::unique_ptr<OrderAdmission>> admissions;
  for (const char* name : {"node-1", "node-2"}) {
    EngineOptions options;
    options.node = name;
    engines.push_back(std::make_unique<Engine>(options, *store, *gateway, *bus, *clock));
    ASSERT_TRUE(engines.back()->start().ok());
    admissions.push_back(std::make_unique<OrderAdmission>(*engines.back(), *lock, *clock));
  }
  std::atomic<int> accepted = 0, duplicates = 0, other = 0;
  {
    std::vector<std::unique_ptr<EngineThread>> engine_threads;
    for (auto& engine : engines) engine_threads.push_back(std::make_unique<EngineThread>(*engine, *clock));
    std::latch answered(threads * orders_each);
    std::vector<std::thread> clients;
    for (int t = 0; t < threads; ++t)
      clients.emplace_back([&, t] {
        for (int i = 0; i < orders_each; ++i)
          // Every product is ordered by two of the threads.
          admissions[static_cast<std::size_t>(i % 2)]->place(order_of_product(fmt::format("P{}-{}", t / 2, i)),
                                                             [&](Result<Receipt> receipt) {
                                                               if (receipt)
                                                                 ++accepted;
                                                               else if (receipt.error().code == ErrorCode::conflict)
                                                                 ++duplicates;
                                                               else
                                                                 ++other;
                                                               answered.count_down();
                                                             });
      });
    for (std::thread& client : clients) client.join();
    answered.wait();
  }
  clock.reset();  // its thread may be calling the gateway
  EXPECT_EQ(other, 0);
  EXPECT_EQ(accepted + duplicates, threads * orders_each);
  // A key is free again when its order was declined, so a few products are sold on the second try.
  EXPECT_GE(accepted, threads / 2 * orders_each);
  EXPECT_EQ(store->orders({}, {})->total, accepted);
}

}  // namespace
}  // namespace sagactl
