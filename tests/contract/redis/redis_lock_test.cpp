// What locks in Redis do when Redis does not do what it should.
#include "server/adapters/redis/redis_lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <tuple>

#include "tests/contract/lock_calls.hpp"
#include "tests/services/redis_server.hpp"
#include "tests/services/tcp_proxy.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

class RedisLock : public testing::Test {
 protected:
  static constexpr Duration short_time = 2s;  // to answer, for a Redis that is not to answer

  void SetUp() override { NEEDS_REDIS_SERVER(); }

  static Result<std::unique_ptr<Lock>> open(std::uint16_t port, const std::string& password = "", int database = 0,
                                            Duration answer_timeout = hang_limit) {
    RedisLockOptions options;
    options.address.port = port;
    options.address.password = password;
    options.address.database = database;
    options.answer_timeout = answer_timeout;
    options.retry_min = 10ms;
    options.retry_max = 50ms;
    static std::atomic<std::uint64_t> seeds{1};
    options.seed = seeds += 10;
    return make_redis_lock(options);
  }
  static std::unique_ptr<Lock> open_impatient(std::uint16_t port) { return open(port, "", 0, short_time).value(); }
  static bool comes_back(Lock& lock) {
    return eventually([&] { return lock.availability().ok(); });
  }
  static ErrorCode refusal(Result<LockGrant> grant) { return grant ? ErrorCode::bug : grant.error().code; }
};

TEST_F(RedisLock, TokensRiseOverAWipeAndARestartWithoutData) {
  RedisServer server;
  const auto lock = open(server.port()).value();
  std::int64_t last = acquire(*lock, "k")->fencing_token;
  server.run({"FLUSHALL"});
  const auto after_wipe = acquire(*lock, "k");
  ASSERT_TRUE(after_wipe) << "what was held is forgotten";
  EXPECT_GT(after_wipe->fencing_token, last);
  last = after_wipe->fencing_token;
  server.kill();
  EXPECT_EQ(refusal(acquire(*lock, "k")), ErrorCode::unavailable);
  server.start();
  ASSERT_TRUE(comes_back(*lock));
  const auto after_restart = acquire(*lock, "k");
  ASSERT_TRUE(after_restart);
  EXPECT_GT(after_restart->fencing_token, last);
}

TEST_F(RedisLock, TokensRiseAlsoAheadOfRedisClockWhenRedisForgetsThem) {
  RedisServer server;
  const auto lock = open(server.port()).value();
  server.run({"SET", "sagactl:lock:token", "4000000000000000"});  // the year 2096: a clock that was set back since
  const auto first = acquire(*lock, "k");
  EXPECT_EQ(first->fencing_token, 4'000'000'000'000'001);
  server.run({"FLUSHALL"});
  EXPECT_GT(acquire(*lock, "k")->fencing_token, first->fencing_token);
}

TEST_F(RedisLock, TwoClientsThatContendGetRisingTokensAndNeverOverlap) {
  RedisServer server;
  const auto one = open(server.port()).value(), other = open(server.port()).value();
  std::atomic<int> inside{0};
  std::mutex mutex;
  std::vector<std::int64_t> tokens;
  const auto contend = [&](Lock& lock) {
    for (int i = 0; i < 100; ++i) {
      const auto grant = acquire(lock, "k", "a", hang_limit, hang_limit);
      ASSERT_TRUE(grant) << grant.error().message;
      EXPECT_EQ(inside.fetch_add(1), 0) << "two hold it";
      {
        const std::lock_guard guard(mutex);
        tokens.push_back(grant->fencing_token);
      }
      inside.fetch_sub(1);
      EXPECT_TRUE(release(lock, *grant).value());
    }
  };
  std::thread second([&] { contend(*other); });
  contend(*one);
  second.join();
  EXPECT_EQ(tokens.size(), 200u);
  for (std::size_t i = 1; i < tokens.size(); ++i) EXPECT_GT(tokens[i], tokens[i - 1]);
}

TEST_F(RedisLock, AReleaseAfterTheTimeToLiveDoesNotHurtTheNextHolder) {
  RedisServer server;
  const auto paused = open(server.port()).value(), next = open(server.port()).value();
  const LockGrant old = acquire(*paused, "k", "paused", 50ms).value();
  const auto grant = acquire(*next, "k", "next", 60s, 20s);
  ASSERT_TRUE(grant);
  EXPECT_FALSE(release(*paused, old).value());
  EXPECT_FALSE(renew(*paused, old, 10s).value());
  ASSERT_EQ(state(*next, "k")->size(), 1u);
  EXPECT_EQ(state(*next, "k")->front().fencing_token, grant->fencing_token);
}

TEST_F(RedisLock, AReleaseWakesAWaiterOfAnotherClient) {
  RedisServer server;
  const auto one = open(server.port()).value(), other = open(server.port()).value();
  const LockGrant grant = acquire(*one, "k", "a", 60s).value();
  std::promise<Result<LockGrant>> answer;
  other->acquire("k", "b", 60s, 20s, [&](Result<LockGrant> got) { answer.set_value(std::move(got)); });
  ASSERT_TRUE(eventually([&] { return server.run({"EXISTS", "sagactl:lock:w:k"}) == "1"; })) << "it says that it waits";
  EXPECT_TRUE(release(*one, grant).value());
  EXPECT_TRUE(answer.get_future().get());
}

TEST_F(RedisLock, AFrozenRedisIsAwayInBoundedTimeAndThenAtOnce) {
  RedisServer server;
  const auto lock = open_impatient(server.port());
  server.freeze();
  EXPECT_EQ(refusal(acquire(*lock, "k", "a", 60s, 1h)), ErrorCode::unavailable) << "and not after the patience";
  // A dead Redis is not waited for by every caller: that would take longer than a test may.
  for (int i = 0; i < 500; ++i) ASSERT_EQ(refusal(acquire(*lock, "other")), ErrorCode::unavailable);
  EXPECT_FALSE(lock->availability());
  server.resume();
  ASSERT_TRUE(comes_back(*lock));
  // The Redis granted it after it was thawed, when no caller waited any more: that grant is released.
  EXPECT_TRUE(eventually([&] { return acquire(*lock, "k", "a", 60s).ok(); }));
}

TEST_F(RedisLock, AnIdleClientNoticesThatRedisIsAway) {
  RedisServer server;
  const auto lock = open_impatient(server.port());
  server.freeze();
  EXPECT_TRUE(eventually([&] { return !lock->availability(); }));
  server.resume();
  EXPECT_TRUE(comes_back(*lock));
}

TEST_F(RedisLock, ASlowRedisIsUsedAndATooSlowOneIsAway) {
  RedisServer server;
  const auto network = TcpProxy::start(0, server.port()).value();
  const auto patient = open(network->port()).value(), lock = open_impatient(network->port());
  network->set(TcpProxy::Mode::delay, std::chrono::milliseconds(20));
  EXPECT_TRUE(acquire(*patient, "slow"));
  network->set(TcpProxy::Mode::delay, 4 * std::chrono::duration_cast<std::chrono::milliseconds>(short_time));
  EXPECT_EQ(refusal(acquire(*lock, "k")), ErrorCode::unavailable);
  network->set(TcpProxy::Mode::pass);
  EXPECT_TRUE(comes_back(*lock));
}

TEST_F(RedisLock, AWrongPasswordOrDatabaseIsAnErrorOfTheConfiguration) {
  RedisServer server({"--requirepass", "right"});
  EXPECT_TRUE(open(server.port(), "right"));
  for (const auto& [password, database, said] :
       {std::tuple{"wrong", 0, "WRONGPASS"}, std::tuple{"", 0, "NOAUTH"}, std::tuple{"right", 99, "out of range"}}) {
    const auto refused = open(server.port(), password, database);
    ASSERT_FALSE(refused) << said;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid);
    EXPECT_THAT(refused.error().message, HasSubstr(said));
    EXPECT_EQ(refused.error().message.find("wrong"), std::string::npos);
  }
}

TEST_F(RedisLock, ARedisThatIsDownAtTheStartIsConnectedToLater) {
  RedisServer server;
  server.kill();
  const auto lock = open(server.port());
  ASSERT_TRUE(lock) << "no reason not to start";
  EXPECT_EQ(refusal(acquire(**lock, "k")), ErrorCode::unavailable);
  EXPECT_THAT((*lock)->availability().error().message, HasSubstr("Connection refused"));
  server.start();
  EXPECT_TRUE(comes_back(**lock));
  EXPECT_TRUE(acquire(**lock, "k"));
}

TEST_F(RedisLock, ARedisThatCannotWriteIsAway) {
  RedisServer server;
  const auto lock = open(server.port()).value();
  server.run({"REPLICAOF", "127.0.0.1", "1"});  // read-only from now on
  EXPECT_TRUE(eventually([&] { return !lock->availability(); }));
  EXPECT_EQ(refusal(acquire(*lock, "k")), ErrorCode::unavailable);
  server.run({"REPLICAOF", "NO", "ONE"});
  ASSERT_TRUE(comes_back(*lock));
  server.run({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(refusal(acquire(*lock, "k")), ErrorCode::unavailable);
  EXPECT_TRUE(eventually([&] { return !lock->availability(); }));
  EXPECT_THAT(lock->availability().error().message, HasSubstr("maxmemory"));
  server.run({"CONFIG", "SET", "maxmemory", "0"});
  ASSERT_TRUE(comes_back(*lock));
  EXPECT_TRUE(acquire(*lock, "k"));
}

TEST_F(RedisLock, ScriptsThatRedisForgotAreToldAgain) {
  RedisServer server;
  const auto lock = open(server.port()).value();
  server.run({"SCRIPT", "FLUSH"});
  const auto grant = acquire(*lock, "k");
  ASSERT_TRUE(grant);
  server.run({"SCRIPT", "FLUSH"});
  EXPECT_TRUE(release(*lock, *grant).value());
}

TEST_F(RedisLock, LeavesNothingBehindButTheTokenCounter) {
  RedisServer server;
  {
    const auto lock = open(server.port()).value();
    for (int i = 0; i < 100; ++i) lock->release(*acquire(*lock, std::to_string(i)), [](const Result<bool>&) {});
  }  // what was asked for is sent before the end
  EXPECT_EQ(server.run({"DBSIZE"}), "1");
}

TEST(RedisAddress, IsReadAndWrong) {
  const auto full = parse_redis_url("redis://:p%40ss@[::1]:7000/3").value();
  EXPECT_EQ(full.host, "::1");
  EXPECT_EQ(full.port, 7000);
  EXPECT_EQ(full.password, "p@ss");
  EXPECT_EQ(full.database, 3);
  EXPECT_EQ(full.shown(), "[::1]:7000/3");
  EXPECT_EQ(parse_redis_url("redis://r").value().port, 6379);
  EXPECT_EQ(parse_redis_url("redis://u:p@r").value().user, "u");
  for (const char* wrong : {"r:6379", "redis://", "redis://r:0", "redis://r:x", "redis://r/x", "redis://word@r",
                            "redis://:@r", "redis://:%zz@r", "redis://[::1", "rediss://", ""})
    EXPECT_FALSE(parse_redis_url(wrong)) << wrong;
  const auto error = parse_redis_url("redis://:s3cret@r:x").error();
  EXPECT_THAT(error.message, HasSubstr("redis://***@r:x"));
  EXPECT_EQ(error.message.find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace sagactl
