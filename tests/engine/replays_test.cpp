// The answers to requests with an Idempotency-Key are deleted when they are too old.
#include "common/id.hpp"
#include "tests/engine/controlled_node.hpp"

namespace sagactl {
namespace {

class OldReplays : public NodeOnControlledStore {
 protected:
  // Another node has written them three days ago.
  void add(std::size_t count) {
    const Writer other = memory->register_node("other", "", 1h).value().writer;
    std::vector<Replay> replays(count);
    for (Replay& replay : replays) replay = {{UserId{new_uuid()}, "key"}, "digest", 201, "{}", clock.now() - 72h};
    Loaded loaded;
    ASSERT_TRUE(memory->transact(other, {}, loaded, [&](Timestamp) {
      Changes changes;
      for (const Replay& replay : replays) changes.replays.push_back(&replay);
      return changes;
    }));
  }
  std::size_t left() { return memory->forget_replays(48h, 1'000'000).value(); }
};

// Three hundred orders a second are 18,000 answers a minute, and two days later as many to delete.
TEST_F(OldReplays, AreDeletedAsFastAsTheyBecomeTooOld) {
  start();
  engine->turn();
  for (int minute = 0; minute < 5; ++minute) {
    add(18'000);
    for (const Timestamp until = clock.now() + 60s; clock.now() < until; clock.advance(10ms)) engine->turn();
  }
  EXPECT_EQ(left(), 0u);
}

// Nothing else makes the node turn.
TEST_F(OldReplays, AreDeletedByANodeThatHasNothingElseToDo) {
  options.check_due_every = options.lease = 1h;
  add(100'000);
  start();
  const SteadyTime end = clock.steady() + 10min;
  for (SteadyTime next = engine->turn(); next < end; next = engine->turn())
    clock.advance(std::max<Duration>(next - clock.steady(), 1ms));
  EXPECT_EQ(left(), 0u);
}

}  // namespace
}  // namespace sagactl
