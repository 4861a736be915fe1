// No false alarms: random worlds of all four systems from a seed, with every fault that may happen and none that must
// not.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "analysis/verify.hpp"
#include "tests/analysis/world.hpp"

namespace sagactl {
namespace {

constexpr int products = 4, items = 3, users = 3, actions = 400, looks = 8;

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < products; ++i) set(StockKind::product, "product-", i, below(12));
    for (int i = 0; i < items; ++i) set(StockKind::item, "item-", i, below(12));
    for (int i = 0; i < users; ++i) {
      set(StockKind::balance, "user-", i, below(3'000'00));
      set(StockKind::slots, "user-", i, below(12));
    }
  }

  void act() {
    world_.write_on("node-" + std::to_string(1 + below(3)));
    if (world_.flows.empty() || below(4) == 0) return place();
    if (below(20) == 0) return restock();
    if (below(25) == 0) return forget_some();
    FlowHistory& flow = world_.flows[static_cast<std::size_t>(below(static_cast<int>(world_.flows.size())))];
    if (world_.is_asked(flow)) return answer(flow);
    if (!is_terminal(flow.flow.saga->status)) return world_.command(flow, WakeSaga{});
    if (below(3) == 0) think_again(flow);
  }

  // Answers every call and fires every timer until nothing happens any more; failing calls are retried until their
  // budget is exhausted.
  void drain() {
    for (int round = 0; round < 2000; ++round) {
      bool idle = true;
      for (FlowHistory& flow : world_.flows) {
        if (is_terminal(flow.flow.saga->status)) continue;
        idle = false;
        if (world_.is_asked(flow))
          world_.answer(flow, Succeeded{}, "tx-" + std::to_string(++transactions_));
        else
          wake(flow);
      }
      if (idle) return;
    }
    ADD_FAILURE() << "the world does not become idle";
  }

  std::string alarms(bool drained) {
    world_.settle_claims();
    world_.number_events();
    const auto history = world_.history();
    std::string found;
    const CheckOptions options{.drained = drained, .stuck_after = 10h};
    for (const Verdict& verdict : verify(*history, options).value())
      if (verdict.ruling == Ruling::fail) found += verdict.name + ": " + verdict.witness.dump(1) + "\n";
    return found;
  }

  const World& world() const { return world_; }

 private:
  void wake(FlowHistory& flow) {
    const std::optional<Timestamp> timer = flow.flow.saga->wake_at;
    // Timers fire late: without jitter they would all be due at once, and no budget would ever be exhausted.
    world_.pass(timer && world_.now() < *timer ? *timer - world_.now() + 1s : 1s);
    world_.command(flow, WakeSaga{timer});
  }

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  void set(StockKind kind, const std::string& prefix, int i, std::int64_t available) {
    world_.set_stock(kind, prefix + std::to_string(i), available, Money{(1 + i) * 100'00});
  }

  void place() {
    World::Placing placing{.product = "BOOK-" + std::to_string(world_.flows.size()),
                           .node = "node-" + std::to_string(1 + below(3)),
                           .locked = false};
    const int system = below(4);
    if (system == 0) {
      world_.place(placing);
      return;
    }
    placing.saga = definitions()[static_cast<std::size_t>(system)].name;
    placing.customer = "user-" + std::to_string(below(users));
    if (placing.saga == item_purchase_saga) {
      const std::string item = "item-" + std::to_string(below(items));
      placing.items = {{item, item, 1 + below(3), world_.stock(StockKind::item, item).price}};
    } else {
      for (int i = 0; i <= below(3); ++i) {
        const std::string id = "product-" + std::to_string(below(products));
        placing.items.push_back({id, id, 1 + below(2), Money{10'00}});
      }
    }
    world_.place(placing);
  }

  void answer(FlowHistory& flow) {
    const int luck = below(20);
    if (luck < 11)
      world_.answer(flow, Succeeded{}, "tx-" + std::to_string(++transactions_));
    else if (luck < 15)
      world_.decline(flow);
    else if (luck < 18)
      world_.answer(flow, Unavailable{"later"});
    else
      world_.answer(flow, UnknownOutcome{"no answer"});
  }

  // An operator acts on a saga that has ended.
  void think_again(FlowHistory& flow) {
    const SagaStatus status = flow.flow.saga->status;
    if (status == SagaStatus::completed) {
      if (below(2) == 0)
        world_.cancel(flow, "changed my mind");
      else
        world_.command(flow, CompensateSaga{"asked for"});
    } else if (status == SagaStatus::failed && below(2) == 0) {
      world_.command(flow, CompensateSaga{"asked for"});
    } else {
      world_.command(flow, RetrySaga{.by = "admin", .recharge = true, .was_refunded = true});
    }
  }

  void restock() {
    if (below(2) == 0)
      set(StockKind::product, "product-", below(products), below(12));
    else
      set(StockKind::balance, "user-", below(users), below(3'000'00));
  }

  // All reservations expire.
  void forget_some() {
    world_.pass(6min);
    for (FlowHistory& flow : world_.flows)
      if (below(2) == 0) world_.expire(flow);
  }

  std::mt19937_64 random_;
  World world_;
  int transactions_ = 0;
};

class StockSeed : public testing::TestWithParam<int> {};

TEST_P(StockSeed, RaisesNoAlarm) {
  RandomWorld random(static_cast<std::uint64_t>(GetParam()));
  for (int i = 1; i <= actions; ++i) {
    random.act();
    if (i % (actions / looks) == 0) {
      ASSERT_EQ(random.alarms(false), "") << "after " << i << " actions";
    }
  }
  random.drain();
  EXPECT_EQ(random.alarms(true), "");
}

// The worlds contain every case; otherwise the test above would prove nothing.
TEST(StockWorlds, CoverEveryFault) {
  std::map<std::string, int> met;
  for (int seed = 1; seed <= 8; ++seed) {
    RandomWorld random(static_cast<std::uint64_t>(seed));
    for (int i = 0; i < actions; ++i) random.act();
    random.drain();
    for (const FlowHistory& flow : random.world().flows) {
      ++met[flow.flow.saga->type + " " + std::string(to_string(flow.flow.saga->status))];
      for (const Reservation& reservation : flow.flow.reservations)
        ++met[std::string(to_string(reservation.kind)) + " " + std::string(to_string(reservation.status))];
    }
  }
  for (const SagaDefinition& definition : definitions())
    for (const char* end : {" completed", " compensated"})
      EXPECT_GT(met[std::string(definition.name) + end], 0) << definition.name << end;
  for (const char* kind : {"product", "item", "balance", "slots"})
    for (const char* status : {" confirmed", " released", " refused"})
      EXPECT_GT(met[std::string(kind) + status], 0) << kind << status;
  EXPECT_GT(met["item expired"] + met["balance expired"] + met["slots expired"], 0);
}

INSTANTIATE_TEST_SUITE_P(Verify, StockSeed, testing::Range(1, 31));

}  // namespace
}  // namespace sagactl
