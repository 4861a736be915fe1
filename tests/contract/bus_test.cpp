// What every Bus does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/adapters/memory/memory_bus.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;

struct BusKind {
  std::string name;
  std::function<std::unique_ptr<Bus>()> make;
};

std::vector<Event> events(std::int64_t from, std::int64_t to) {
  std::vector<Event> list;
  for (std::int64_t sequence = from; sequence <= to; ++sequence) {
    list.emplace_back().sequence = sequence;
    list.back().node = "node-1";
  }
  return list;
}

class BusContract : public testing::TestWithParam<BusKind> {
 protected:
  void publish(const std::vector<Event>& list) {
    int done = 0;
    bus->publish(list, [&](Result<void> result) {
      EXPECT_TRUE(result);
      ++done;
    });
    EXPECT_EQ(done, 1);
  }
  std::function<void(const Event&)> into(std::vector<std::int64_t>& list) {
    return [&list](const Event& event) { list.push_back(event.sequence); };
  }

  std::unique_ptr<Bus> bus = GetParam().make();
};

TEST_P(BusContract, EverySubscriberGetsEveryEventInOrder) {
  std::vector<std::int64_t> first, second;
  bus->subscribe(into(first));
  publish(events(1, 2));
  bus->subscribe(into(second));
  publish(events(3, 4));
  EXPECT_THAT(first, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(second, ElementsAre(3, 4)) << "from its subscription on";
}

TEST_P(BusContract, AnEndedSubscriptionGetsNoMore) {
  std::vector<std::int64_t> first, second;
  const auto end = bus->subscribe(into(first));
  bus->subscribe(into(second));
  publish(events(1, 1));
  end();
  end();
  publish(events(2, 2));
  EXPECT_THAT(first, ElementsAre(1));
  EXPECT_THAT(second, ElementsAre(1, 2));
}

TEST_P(BusContract, ASubscriberMayEndItsSubscriptionWhileItReceives) {
  std::vector<std::int64_t> received;
  std::function<void()> end;
  end = bus->subscribe([&](const Event& event) {
    received.push_back(event.sequence);
    end();
  });
  publish(events(1, 3));
  EXPECT_THAT(received, ElementsAre(1));
}

TEST_P(BusContract, ASubscriptionMayEndAfterItsBus) {
  std::vector<std::int64_t> received;
  const auto end = bus->subscribe(into(received));
  bus.reset();
  end();
  EXPECT_TRUE(received.empty());
}

TEST_P(BusContract, NothingToPublishIsDoneToo) {
  publish({});
}

INSTANTIATE_TEST_SUITE_P(Buses, BusContract,
                         testing::Values(BusKind{"Memory", [] { return make_memory_bus(); }}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace sagactl
