// What every Lock does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/contract/lock_calls.hpp"
#include "tests/contract/lock_subject.hpp"
#include "tests/services/redis_server.hpp"

namespace sagactl {
namespace {

using testing::IsEmpty;

constexpr Duration grain = 2ms;  // Redis counts times to live in whole milliseconds

struct LockKind {
  std::string name;
  std::function<std::unique_ptr<LockSubject>()> make;
};

// The result of a request for a lock.
class Request {
 public:
  void answer(Result<LockGrant> answer, Timestamp now) {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(answer_) << "answered twice";
    answer_ = std::move(answer);
    answered_at_ = now;
  }
  bool is_answered() const {
    const std::lock_guard lock(mutex_);
    return answer_.has_value();
  }
  Result<LockGrant> result() const {
    const std::lock_guard lock(mutex_);
    return answer_ ? *answer_ : Error{ErrorCode::bug, "there is no answer"};
  }
  Timestamp answered_at() const {
    const std::lock_guard lock(mutex_);
    return answered_at_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Result<LockGrant>> answer_;
  Timestamp answered_at_;
};

class LockContract : public testing::TestWithParam<LockKind> {
 protected:
  void SetUp() override {
    if (GetParam().name == "Redis") {
      NEEDS_REDIS_SERVER();
    }
    subject = GetParam().make();
    unit = subject->unit();
    ages = 500 * unit;
  }

  Lock& lock() { return subject->lock(); }

  std::shared_ptr<Request> ask(const std::string& key, const std::string& holder, Duration patience, Duration ttl) {
    auto request = std::make_shared<Request>();
    lock().acquire(key, holder, ttl, patience,
                   [this, request](Result<LockGrant> answer) { request->answer(std::move(answer), subject->now()); });
    return request;
  }
  // The answer, if it arrived before the answer to a later request.
  bool answered_by_now(const std::shared_ptr<Request>& request) {
    EXPECT_TRUE(state(lock(), "another key"));
    return request->is_answered();
  }
  Result<LockGrant> result_of(const std::shared_ptr<Request>& request) {
    EXPECT_TRUE(subject->eventually([&] { return request->is_answered(); }));
    return request->result();
  }
  ErrorCode refusal_of(const std::shared_ptr<Request>& request) {
    const auto result = result_of(request);
    EXPECT_FALSE(result);
    return result ? ErrorCode::bug : result.error().code;
  }
  LockGrant take(const std::string& key, Duration ttl) { return acquire(lock(), key, "a", ttl).value(); }

  std::unique_ptr<LockSubject> subject;
  Duration unit{};  // what a test waits for
  Duration ages{};  // what never runs out while a test runs
};

TEST_P(LockContract, AFreeLockIsGrantedAtOnce) {
  const Timestamp before = subject->now();
  const LockGrant grant = acquire(lock(), "k", "a b", ages).value();
  EXPECT_EQ(grant.key, "k");
  EXPECT_EQ(grant.holder, "a b");
  EXPECT_EQ(grant.ttl, ages);
  EXPECT_GE(grant.acquired_at, before);
  EXPECT_LE(grant.acquired_at, subject->now());
  EXPECT_GT(grant.fencing_token, 0);
  EXPECT_TRUE(acquire(lock(), "other"));
  EXPECT_TRUE(lock().availability());
}

TEST_P(LockContract, AHeldLockIsBusyForWhoHasNoPatience) {
  take("k", ages);
  EXPECT_EQ(acquire(lock(), "k", "b").error().code, ErrorCode::busy);
  EXPECT_EQ(acquire(lock(), "k", "a").error().code, ErrorCode::busy) << "it is not re-entrant";
}

TEST_P(LockContract, WaitersGetItInTheirOrderOfComing) {
  const LockGrant first = take("k", ages);
  std::vector<std::shared_ptr<Request>> waiting;
  for (const char* name : {"b", "c", "d", "e"}) waiting.push_back(ask("k", name, ages, ages));
  EXPECT_FALSE(answered_by_now(waiting[0]));
  EXPECT_TRUE(release(lock(), first).value());
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const auto grant = result_of(waiting[i]);
    ASSERT_TRUE(grant) << i;
    if (i + 1 < waiting.size()) {
      EXPECT_FALSE(answered_by_now(waiting[i + 1])) << i;
    }
    EXPECT_TRUE(release(lock(), *grant).value());
  }
}

TEST_P(LockContract, AWaiterWhosePatienceEndsIsToldBusyAndPassedOver) {
  const LockGrant first = take("k", ages);
  const Timestamp asked = subject->now();
  const auto second = ask("k", "b", unit, ages), third = ask("k", "c", 2 * unit, ages),
             fourth = ask("k", "d", ages, ages);
  EXPECT_EQ(refusal_of(second), ErrorCode::busy);
  EXPECT_GE(second->answered_at() - asked, unit - grain);
  EXPECT_EQ(refusal_of(third), ErrorCode::busy);
  EXPECT_GE(third->answered_at() - asked, 2 * unit - grain);
  EXPECT_FALSE(answered_by_now(fourth));
  EXPECT_TRUE(release(lock(), first).value());
  EXPECT_TRUE(result_of(fourth));
}

TEST_P(LockContract, ALockThatRanOutGoesToTheNextWaiterByItself) {
  const Timestamp taken = take("k", 2 * unit).acquired_at;
  const auto second = ask("k", "b", ages, 2 * unit), third = ask("k", "c", ages, 2 * unit);
  ASSERT_TRUE(result_of(second));
  EXPECT_GE(second->answered_at() - taken, 2 * unit - grain);
  ASSERT_TRUE(result_of(third));
  EXPECT_GE(third->answered_at() - taken, 4 * unit - grain);
  EXPECT_GT(third->result()->fencing_token, second->result()->fencing_token);
}

TEST_P(LockContract, AGrantThatRanOutCanBeNeitherRenewedNorReleased) {
  const LockGrant first = take("k", unit);
  ASSERT_TRUE(subject->eventually([&] { return state(lock(), "k")->empty(); }));
  EXPECT_FALSE(renew(lock(), first, 5 * unit).value());
  EXPECT_FALSE(release(lock(), first).value());
  const LockGrant second = take("k", ages);
  EXPECT_FALSE(renew(lock(), first, 5 * unit).value());
  EXPECT_FALSE(release(lock(), first).value()) << "it is another's now";
  EXPECT_EQ(state(lock(), "k")->size(), 1u);
  EXPECT_TRUE(release(lock(), second).value());
  EXPECT_FALSE(release(lock(), second).value()) << "only once";
}

TEST_P(LockContract, ARenewedGrantHoldsForItsNewTime) {
  const LockGrant first = take("k", ages);
  const auto second = ask("k", "b", ages, 2 * unit);
  ASSERT_TRUE(renew(lock(), first, 10 * ages).value());
  EXPECT_GT(state(lock(), "k")->at(0).time_left, ages);
  const Timestamp renewed = subject->now();
  ASSERT_TRUE(renew(lock(), first, 2 * unit).value());
  EXPECT_TRUE(result_of(second));
  EXPECT_GE(second->answered_at() - renewed, 2 * unit - grain);
}

TEST_P(LockContract, FencingTokensIncreaseAlsoOverARestart) {
  std::int64_t last = 0;
  for (int life = 0; life < 3; ++life) {
    for (int i = 0; i < 3; ++i) {
      const LockGrant grant = take("k", ages);
      EXPECT_GT(grant.fencing_token, last);
      last = grant.fencing_token;
      EXPECT_TRUE(release(lock(), grant).value());
    }
    subject->restart();
  }
}

TEST_P(LockContract, WhatIsHeldIsToldOldestFirst) {
  const LockGrant older = take("k2", ages), newer = acquire(lock(), "k1", "b", ages).value();
  const auto states = held(lock()).value();
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].key, "k2");
  EXPECT_EQ(states[0].holder, "a");
  EXPECT_GT(states[0].time_left, Duration{0});
  EXPECT_LE(states[0].time_left, older.ttl);
  EXPECT_EQ(states[1].key, "k1");
  EXPECT_EQ(states[1].fencing_token, newer.fencing_token);
  EXPECT_GT(states[1].fencing_token, states[0].fencing_token);
  EXPECT_EQ(held(lock(), 1)->size(), 1u);
  ASSERT_EQ(state(lock(), "k1")->size(), 1u);
  EXPECT_EQ(state(lock(), "k1")->front().acquired_at, newer.acquired_at);
  EXPECT_EQ(state(lock(), "k1")->front().holder, "b");
  EXPECT_THAT(state(lock(), "k3").value(), IsEmpty());
  EXPECT_TRUE(renew(lock(), older, unit).value());
  EXPECT_TRUE(subject->eventually([&] { return state(lock(), "k2")->empty(); })) << "it runs out";
  EXPECT_EQ(held(lock())->size(), 1u);
}

TEST_P(LockContract, TheAnswerMayAskForMore) {
  const LockGrant first = take("k", ages);
  const auto nested = std::make_shared<Request>();
  lock().acquire("k", "b", ages, ages, [&, nested](Result<LockGrant> grant) {
    ASSERT_TRUE(grant);
    lock().release(*grant, [&, nested](Result<bool> released) {
      EXPECT_TRUE(released.value());
      lock().acquire("k", "c", ages, ages,
                     [&, nested](Result<LockGrant> last) { nested->answer(std::move(last), subject->now()); });
    });
  });
  EXPECT_TRUE(release(lock(), first).value());
  EXPECT_TRUE(result_of(nested));
}

TEST_P(LockContract, WhoStillWaitsWhenItEndsIsTold) {
  take("k", ages);
  const auto second = ask("k", "b", ages, unit), third = ask("k", "c", ages, unit);
  subject->end();
  EXPECT_TRUE(second->is_answered());
  EXPECT_EQ(second->result().error().code, ErrorCode::unavailable);
  EXPECT_EQ(third->result().error().code, ErrorCode::unavailable);
}

INSTANTIATE_TEST_SUITE_P(Locks, LockContract,
                         testing::Values(LockKind{"Memory", memory_lock_subject},
                                         LockKind{"Redis", redis_lock_subject}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace sagactl
