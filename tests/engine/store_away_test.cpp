// What a node says of a store that goes away and comes back.
#include <gtest/gtest.h>

#include "tests/engine/bench_node.hpp"

namespace sagactl {
namespace {

// Another store, when it is there.
class AwayStore final : public Store {
 public:
  explicit AwayStore(Store& store) : store_(store) {}
  bool away = false;

  Result<Registration> register_node(const NodeName& name, const std::string& url, Duration lease) override {
    return if_there([&] { return store_.register_node(name, url, lease); });
  }
  Result<bool> renew(const Writer& writer, Duration lease) override {
    return if_there([&] { return store_.renew(writer, lease); });
  }
  Result<void> resign(const Writer& writer) override {
    return if_there([&] { return store_.resign(writer); });
  }
  Result<Commit> transact(const Writer& writer, const Keys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override {
    return if_there([&] { return store_.transact(writer, keys, loaded, decide); });
  }
  Result<bool> has_event(const NodeName& node, std::int64_t sequence) override {
    return if_there([&] { return store_.has_event(node, sequence); });
  }
  Result<std::vector<OrderId>> adopt(const Writer& writer, std::size_t limit) override {
    return if_there([&] { return store_.adopt(writer, limit); });
  }
  Result<std::vector<OrderId>> expired_reservations(std::size_t limit) override {
    return if_there([&] { return store_.expired_reservations(limit); });
  }
  Result<std::vector<Backlog>> backlogs(const Writer& writer) override {
    return if_there([&] { return store_.backlogs(writer); });
  }
  Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence, std::size_t limit) override {
    return if_there([&] { return store_.events_after(node, sequence, limit); });
  }
  Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) override {
    return if_there([&] { return store_.set_published(writer, backlogs); });
  }
  Result<std::size_t> forget_replays(Timestamp before, std::size_t limit) override {
    return if_there([&] { return store_.forget_replays(before, limit); });
  }

 private:
  template <class Call>
  auto if_there(Call call) -> decltype(call()) {
    if (away) return Error{ErrorCode::unavailable, "the store is away"};
    return call();
  }
  Store& store_;
};

class StoreAway : public testing::Test {
 protected:
  StoreAway() {
    if (!engine.start()) crash("a node with a store does not start");
    pass(1s);
  }
  void pass(Duration time) {
    for (const Timestamp until = clock.now() + time; clock.now() < until; clock.advance(10ms)) engine.turn();
  }

  SimulatedClock clock;
  std::unique_ptr<MemoryStore> behind = make_memory_store(clock);
  AwayStore store{*behind};
  std::unique_ptr<Bus> bus = make_memory_bus();
  ScriptedGateway gateway;
  EngineOptions options{};
  Engine engine{options, store, gateway, *bus, clock};
};

TEST_F(StoreAway, IsSaid) {
  EXPECT_TRUE(engine.stats().store_available);
  store.away = true;
  pass(options.lease);
  EXPECT_FALSE(engine.stats().store_available);
  EXPECT_EQ(engine.stats().store_error, "the store is away");
}

// A node that is not ready is sent no requests, so it cannot wait for one to find out.
TEST_F(StoreAway, AndBackAgainIsSaidByANodeThatHasNothingToWrite) {
  for (const Duration time : {Duration{1s}, options.lease, Duration{60s}}) {  // the lease may have run out meanwhile
    store.away = true;
    pass(time);
    store.away = false;
    pass(10s);
    EXPECT_TRUE(engine.stats().store_available) << "after " << format_duration(time);
    EXPECT_EQ(engine.stats().store_error, "");
  }
}

TEST_F(StoreAway, AnOrderThatComesMeanwhileIsRefusedAndIsTakenAfterwards) {
  std::vector<bool> taken;
  const auto note = [&](Result<Receipt> receipt) { taken.push_back(receipt.ok()); };
  store.away = true;
  engine.submit(order_for("A"), note);
  pass(1s);
  store.away = false;
  pass(10s);
  engine.submit(order_for("A"), note);
  pass(1s);
  EXPECT_EQ(taken, (std::vector<bool>{false, true}));
}

}  // namespace
}  // namespace sagactl
