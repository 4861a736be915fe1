// What every Lock does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/adapters/memory/memory_lock.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct LockKind {
  std::string name;
  std::function<std::unique_ptr<Lock>(Clock&)> make;
};

// What has come of a request for a lock.
struct Request {
  std::optional<Result<LockGrant>> answer;

  bool is_granted() const { return answer && answer->ok(); }
  bool is_refused_with(ErrorCode code) const {
    return answer && !answer->ok() && answer->error().code == code;
  }
};

class LockContract : public testing::TestWithParam<LockKind> {
 protected:
  std::shared_ptr<Request> acquire(const std::string& key, const std::string& holder, Duration patience = 0s,
                                   Duration ttl = 10s) {
    auto request = std::make_shared<Request>();
    lock->acquire(key, holder, ttl, patience, [this, request, holder](Result<LockGrant> answer) {
      EXPECT_FALSE(request->answer) << "answered twice";
      if (answer) grants.push_back(holder);
      request->answer = std::move(answer);
    });
    return request;
  }

  SimulatedClock clock;
  std::unique_ptr<Lock> lock = GetParam().make(clock);
  std::vector<std::string> grants;  // in their order
};

TEST_P(LockContract, AFreeLockIsGrantedAtOnce) {
  const auto request = acquire("k", "a", 0s, 3s);
  ASSERT_TRUE(request->is_granted());
  const LockGrant& grant = request->answer->value();
  EXPECT_EQ(grant.key, "k");
  EXPECT_EQ(grant.holder, "a");
  EXPECT_EQ(grant.ttl, 3s);
  EXPECT_EQ(grant.acquired_at, clock.now());
  EXPECT_GT(grant.fencing_token, 0);
  EXPECT_TRUE(acquire("other", "a")->is_granted());
}

TEST_P(LockContract, AHeldLockIsBusyForWhoHasNoPatience) {
  acquire("k", "a");
  EXPECT_TRUE(acquire("k", "b")->is_refused_with(ErrorCode::busy));
  EXPECT_TRUE(acquire("k", "a")->is_refused_with(ErrorCode::busy)) << "it is not re-entrant";
}

TEST_P(LockContract, WaitersGetItInTheirOrderOfComing) {
  const auto first = acquire("k", "a");
  const auto second = acquire("k", "b", 5s), third = acquire("k", "c", 5s);
  EXPECT_FALSE(second->answer);
  EXPECT_TRUE(lock->release(first->answer->value()).value());
  ASSERT_TRUE(second->is_granted());
  EXPECT_FALSE(third->answer);
  EXPECT_TRUE(lock->release(second->answer->value()).value());
  EXPECT_THAT(grants, ElementsAre("a", "b", "c"));
}

TEST_P(LockContract, AWaiterWhosePatienceEndsIsToldBusyAndPassedOver) {
  const auto first = acquire("k", "a");
  const auto second = acquire("k", "b", 1s), third = acquire("k", "c", 5s);
  clock.advance(2s);
  EXPECT_TRUE(second->is_refused_with(ErrorCode::busy));
  EXPECT_TRUE(lock->release(first->answer->value()).value());
  EXPECT_TRUE(third->is_granted());
}

TEST_P(LockContract, ALockThatRanOutGoesToTheNextWaiterByItself) {
  acquire("k", "a", 0s, 2s);
  const auto second = acquire("k", "b", 10s, 2s), third = acquire("k", "c", 10s);
  clock.advance(2s);
  EXPECT_TRUE(second->is_granted());
  EXPECT_FALSE(third->answer);
  clock.advance(2s);
  EXPECT_TRUE(third->is_granted());
}

TEST_P(LockContract, AGrantThatRanOutCanBeNeitherRenewedNorReleased) {
  const auto first = acquire("k", "a", 0s, 2s);
  clock.advance(2s);
  EXPECT_FALSE(lock->renew(first->answer->value(), 5s).value());
  EXPECT_FALSE(lock->release(first->answer->value()).value());
  const auto second = acquire("k", "b");
  ASSERT_TRUE(second->is_granted());
  EXPECT_FALSE(lock->release(first->answer->value()).value()) << "it is another's now";
  EXPECT_TRUE(lock->release(second->answer->value()).value());
  EXPECT_FALSE(lock->release(second->answer->value()).value()) << "only once";
}

TEST_P(LockContract, ARenewedGrantHoldsForItsNewTime) {
  const auto first = acquire("k", "a", 0s, 2s);
  const auto second = acquire("k", "b", 60s);
  clock.advance(1s);
  EXPECT_TRUE(lock->renew(first->answer->value(), 10s).value());
  clock.advance(9s);
  EXPECT_FALSE(second->answer);
  clock.advance(1s);
  EXPECT_TRUE(second->is_granted());
}

TEST_P(LockContract, FencingTokensIncreaseAlsoOverARestart) {
  std::int64_t last = 0;
  for (int life = 0; life < 3; ++life) {
    for (int i = 0; i < 3; ++i) {
      const auto request = acquire("k", "a");
      ASSERT_TRUE(request->is_granted());
      EXPECT_GT(request->answer->value().fencing_token, last);
      last = request->answer->value().fencing_token;
      EXPECT_TRUE(lock->release(request->answer->value()).value());
    }
    clock.advance(1ms);
    lock = GetParam().make(clock);
  }
}

TEST_P(LockContract, WhatIsHeldIsToldOldestFirst) {
  acquire("k2", "a", 0s, 2s);
  clock.advance(1s);
  acquire("k1", "b", 0s, 10s);
  const auto states = lock->held(10).value();
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].key, "k2");
  EXPECT_EQ(states[0].holder, "a");
  EXPECT_EQ(states[0].time_left, 1s);
  EXPECT_EQ(states[1].key, "k1");
  EXPECT_GT(states[1].fencing_token, states[0].fencing_token);
  EXPECT_EQ(lock->held(1).value().size(), 1u);
  ASSERT_EQ(lock->state("k1").value().size(), 1u);
  EXPECT_EQ(lock->state("k1").value()[0].acquired_at, clock.now());
  EXPECT_THAT(lock->state("k3").value(), IsEmpty());
  clock.advance(1s);
  EXPECT_THAT(lock->state("k2").value(), IsEmpty()) << "it has run out";
  EXPECT_EQ(lock->held(10).value().size(), 1u);
}

TEST_P(LockContract, TheAnswerMayAskForMore) {
  const auto first = acquire("k", "a");
  bool nested = false;
  lock->acquire("k", "b", 10s, 10s, [&](Result<LockGrant> grant) {
    ASSERT_TRUE(grant);
    EXPECT_TRUE(lock->release(*grant).value());
    nested = acquire("k", "c")->is_granted();
  });
  EXPECT_TRUE(lock->release(first->answer->value()).value());
  EXPECT_TRUE(nested);
}

TEST_P(LockContract, WhoStillWaitsWhenItEndsIsTold) {
  acquire("k", "a");
  const auto waiting = acquire("k", "b", 60s);
  lock.reset();
  EXPECT_TRUE(waiting->is_refused_with(ErrorCode::unavailable));
  clock.advance(100s);  // timers that were set find nobody
}

INSTANTIATE_TEST_SUITE_P(Locks, LockContract,
                         testing::Values(LockKind{"Memory",
                                                  [](Clock& clock) { return make_memory_lock(clock); }}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace sagactl
