#include "server/api/shared_read.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace sagactl::api {
namespace {

using testing::ElementsAre;

struct Asked {
  explicit Asked(std::function<Result<int>()> read) : shared(threads, std::move(read)) {}

  void ask() {
    auto wait = [this]() -> boost::asio::awaitable<void> {
      std::string answer;
      try {
        const auto result = co_await shared.run();
        answer = result ? std::to_string(*result) : result.error().message;
      } catch (const std::exception& thrown) {
        answer = std::string("thrown: ") + thrown.what();
      }
      answers.push_back(std::move(answer));
    };
    boost::asio::co_spawn(io, std::move(wait), boost::asio::detached);
  }
  void wait() {
    io.restart();
    io.run();
  }

  boost::asio::io_context io;
  QueryThreads threads{{"reads", 1, 8}};
  SharedRead<int> shared;
  std::vector<std::string> answers;
};

TEST(SharedRead, ThatThrowsThrowsInItsCallersAndTheNextIsReadAnew) {
  int reads = 0;
  Asked asked([&]() -> Result<int> {
    if (++reads == 1) throw std::runtime_error("no such table");
    return reads;
  });
  asked.ask();
  asked.wait();
  asked.ask();
  asked.wait();
  EXPECT_THAT(asked.answers, ElementsAre("thrown: no such table", "2"));
}

TEST(SharedRead, IsBusyWhereTheQueueIsFullAndReadsAgainLater) {
  Asked asked([] { return Result<int>(7); });
  std::mutex at_work;
  std::unique_lock hold(at_work);
  std::atomic<bool> begun = false;
  ASSERT_TRUE(asked.threads.post([&] {
    begun = true;
    const std::lock_guard wait(at_work);
  }));
  while (!begun) std::this_thread::yield();
  std::atomic<int> queued = 0;
  while (asked.threads.post([&] { --queued; })) ++queued;
  asked.ask();
  asked.wait();
  hold.unlock();
  while (queued > 0) std::this_thread::yield();
  asked.ask();
  asked.wait();
  EXPECT_THAT(asked.answers, ElementsAre("too many database reads are queued; try again", "7"));
}

}  // namespace
}  // namespace sagactl::api
