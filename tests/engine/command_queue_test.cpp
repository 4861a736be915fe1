#include "server/engine/command_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace sagactl {
namespace {

using ::testing::ElementsAre;

Command named(std::string correlation) {
  PlaceOrder place;
  place.correlation = std::move(correlation);
  return place;
}

std::vector<std::string> names(const std::vector<QueuedCommand>& taken) {
  std::vector<std::string> list;
  for (const QueuedCommand& queued : taken) list.push_back(std::get<PlaceOrder>(queued.command).correlation);
  return list;
}

// For commands that must not be answered.
void unanswered(Result<Receipt>) {
  ADD_FAILURE() << "answered";
}

TEST(CommandQueue, GivesOutTheOldestFirstAndNoMoreThanRequested) {
  CommandQueue queue(10, 9);
  for (const char* name : {"a", "b", "c"}) queue.put(named(name), unanswered);
  EXPECT_THAT(names(queue.take(2)), ElementsAre("a", "b"));
  EXPECT_THAT(names(queue.take(2)), ElementsAre("c"));
  EXPECT_THAT(names(queue.take(2)), ElementsAre());
}

TEST(CommandQueue, WhenFullRefusesClientsCommandsButNotInternalOnes) {
  CommandQueue queue(1, 9);
  queue.put(named("a"), unanswered);
  std::optional<ErrorCode> refused;
  queue.put(named("b"), [&](Result<Receipt> result) { refused = result.error().code; });
  EXPECT_EQ(refused, ErrorCode::busy);
  queue.put_internal(named("own"));
  queue.put(named("a reply"), nullptr);
  EXPECT_THAT(names(queue.take(9)), ElementsAre("a", "own", "a reply"));
}

TEST(CommandQueue, CommandsThatArePutBackComeFirst) {
  CommandQueue queue(10, 9);
  queue.put_internal(named("a"));
  queue.put_internal(named("b"));
  auto taken = queue.take(2);
  queue.put_internal(named("c"));
  queue.put_back(std::move(taken));
  EXPECT_THAT(names(queue.take(9)), ElementsAre("a", "b", "c"));
}

TEST(CommandQueue, WakesForTheFirstCommandAndForAFullBatchOnly) {
  CommandQueue queue(10, 3);
  std::vector<std::string> woken_by;
  std::string put;
  queue.on_work([&] { woken_by.push_back(put); });
  for (const char* name : {"a", "b", "c", "d"}) queue.put(named(put = name), unanswered);
  EXPECT_THAT(woken_by, ElementsAre("a", "c"));
  (void)queue.take(9);
  queue.put(named(put = "e"), unanswered);
  EXPECT_THAT(woken_by, ElementsAre("a", "c", "e"));
}

// The others may be queued for longer.
TEST(CommandQueue, WakesForTheFirstAwaitedCommandAmongOthers) {
  CommandQueue queue(10, 9);
  std::vector<std::string> woken_by;
  std::string put;
  queue.on_work([&] { woken_by.push_back(put); });
  for (int round = 0; round < 2; ++round) {
    queue.put_unawaited(named(put = "own"));
    queue.put_unawaited(named(put = "another"));
    EXPECT_FALSE(queue.has_awaited());
    queue.put(named(put = "a"), unanswered);
    queue.put(named(put = "b"), unanswered);
    EXPECT_TRUE(queue.has_awaited());
    queue.put_back(queue.take(3));
    EXPECT_THAT(names(queue.take(9)), ElementsAre("own", "another", "a", "b"));
  }
  EXPECT_THAT(woken_by, ElementsAre("own", "a", "own", "a"));
}

TEST(CommandQueue, WakesForEachCommandOnRequest) {
  CommandQueue queue(10, 9);
  queue.put(named("first"), unanswered);
  int woken = 0;
  queue.on_work([&] { ++woken; });
  queue.put_internal(named("own"));
  queue.put(named("a"), unanswered);
  EXPECT_EQ(woken, 0);
  queue.wake_for_each(true);
  queue.put(named("b"), unanswered);
  queue.put(named("c"), unanswered);
  EXPECT_EQ(woken, 2);
  queue.wake_for_each(false);
  queue.put(named("d"), unanswered);
  EXPECT_EQ(woken, 2);
}

TEST(CommandQueue, WhenClosedReturnsTheQueueAndRefusesLaterCommands) {
  CommandQueue queue(10, 9);
  queue.put(named("a"), unanswered);
  EXPECT_EQ(queue.close().size(), 1U);
  std::optional<ErrorCode> refused;
  queue.put(named("b"), [&](Result<Receipt> result) { refused = result.error().code; });
  EXPECT_EQ(refused, ErrorCode::unavailable);
  queue.put(named("a reply"), nullptr);
  queue.put_unawaited(named("another"));
  EXPECT_EQ(queue.size(), 0U);
}

// The owner of the wake function may be destroyed once it is replaced.
TEST(CommandQueue, AReplacedWakeFunctionIsNotCalledAgain) {
  CommandQueue queue(1'000'000, 9);
  std::atomic<bool> is_alive = true, stop = false;
  std::thread others([&] {
    while (!stop) {
      queue.put_internal(named("own"));
      (void)queue.take(9);
      queue.put(named("a reply"), nullptr);
      (void)queue.take(9);
      std::this_thread::yield();  // else the queue's lock is hardly ever free for the other thread
    }
  });
  for (int i = 0; i < 200; ++i) {
    is_alive = true;
    queue.on_work([&] {
      std::this_thread::yield();
      EXPECT_TRUE(is_alive);
    });
    std::this_thread::yield();
    queue.on_work(nullptr);
    is_alive = false;
  }
  stop = true;
  others.join();
}

}  // namespace
}  // namespace sagactl
