// Redis over TLS, by a Unix socket, behind sentinels and as a cluster: locks work there, come back by themselves when
// the server changes, and what is wrong is reported with what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/adapters/redis/redis_diagnosis.hpp"
#include "server/adapters/redis/redis_lock.hpp"
#include "server/adapters/redis/redis_route.hpp"
#include "tests/contract/lock_calls.hpp"
#include "tests/services/certificates.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/redis_groups.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int slot_of_the_locks = 4093;  // of {sagactl:lock}; at first the first node has it

Result<std::unique_ptr<Lock>> open_at(const std::string& url, const RedisSecurity& security = {}) {
  auto address = parse_redis_url(url, security);
  if (!address) return address.error();
  RedisLockOptions options;
  options.address = std::move(address).value();
  options.answer_timeout = 2s;
  options.retry_min = 10ms;
  options.retry_max = 100ms;
  static std::atomic<std::uint64_t> seeds{1'000};
  options.seed = seeds += 10;
  return make_redis_lock(std::move(options));
}

std::string refusal_at(const std::string& url, const RedisSecurity& security = {}) {
  const auto lock = open_at(url, security);
  if (!lock) return lock.error().message;
  const auto available = (*lock)->availability();
  return available ? "" : "unavailable: " + available.error().message;
}

std::string doctor_at(const std::string& url, const RedisSecurity& security = {}) {
  const auto address = parse_redis_url(url, security);
  if (!address) return address.error().message;
  const auto diagnosis = diagnose_redis(*address, 2s);
  if (!diagnosis) return diagnosis.error().message;
  return diagnosis->refused ? diagnosis->refused->message : "";
}

// Acquired, waited for by another client that the release wakes, listed.
void expect_locks_work(const std::string& url, const RedisSecurity& security = {}) {
  const auto one = open_at(url, security), other = open_at(url, security);
  ASSERT_TRUE(one) << one.error().message;
  ASSERT_TRUE(other) << other.error().message;
  const auto grant = acquire(**one, "k", "a", 60s);
  ASSERT_TRUE(grant) << grant.error().message;
  EXPECT_EQ(state(**other, "k")->size(), 1u);
  std::promise<Result<LockGrant>> answer;
  (*other)->acquire("k", "b", 60s, 20s, [&](Result<LockGrant> got) { answer.set_value(std::move(got)); });
  EXPECT_TRUE(release(**one, *grant).value());
  const auto second = answer.get_future().get();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_GT(second->fencing_token, grant->fencing_token);
  EXPECT_TRUE(release(**other, *second).value());
}

class RedisKinds : public testing::Test {
 protected:
  void SetUp() override { NEEDS_REDIS_SERVER(); }
};

std::string at(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

TEST_F(RedisKinds, AUnixSocketIsUsedLikeAPort) {
  const ScratchFolder folder;
  const RedisServer server({"--unixsocket", folder.file("s"), "--requirepass", "p@ss"});
  const std::string url = "unix://:p%40ss@" + folder.file("s");
  expect_locks_work(url);
  EXPECT_EQ(doctor_at(url + "?db=3"), "");
  EXPECT_THAT(refusal_at("unix://" + folder.file("other")), HasSubstr("No such file"));
  EXPECT_THAT(refusal_at("unix://" + folder.file("s")), HasSubstr("REDIS_PASSWORD"));
}

TEST_F(RedisKinds, TlsVerifiesTheServerAndShowsTheClientsCertificate) {
  SAGACTL_NEEDS_PROGRAM(Certificates::can_be_made(), "openssl");
  const Certificates certificates;
  const auto start = [&](const std::string& certificate, std::uint16_t port, const std::string& clients) {
    return std::make_unique<RedisServer>(std::vector<std::string>{
        "--tls-port", std::to_string(port), "--tls-cert-file", certificates.file(certificate + ".pem"),
        "--tls-key-file", certificates.file(certificate + ".key"), "--tls-ca-cert-file", certificates.file("ca.pem"),
        "--tls-auth-clients", clients});
  };
  const std::uint16_t strict_port = free_port(), other_port = free_port();
  const auto strict = start("server", strict_port, "yes"), elsewhere = start("elsewhere", other_port, "no");
  const std::string url = "rediss://" + at(strict_port);
  const RedisSecurity right{
      certificates.file("ca.pem"), certificates.file("saga.pem"), certificates.file("saga.key"), {}, {}};
  expect_locks_work(url, right);
  expect_locks_work("rediss://localhost:" + std::to_string(strict_port), right);
  EXPECT_EQ(doctor_at(url, right), "");
  RedisSecurity wrong = right;
  wrong.ca_file = certificates.file("other.pem");
  for (const std::string& told : {refusal_at(url, wrong), doctor_at(url, wrong)})
    EXPECT_THAT(told, AllOf(HasSubstr("TLS failed"), HasSubstr("--redis-ca")));
  const RedisSecurity none{certificates.file("ca.pem"), {}, {}, {}, {}};
  for (const std::string& told : {refusal_at(url, none), doctor_at(url, none)})
    EXPECT_THAT(told, HasSubstr("wants a certificate of the client"));
  EXPECT_THAT(refusal_at("rediss://" + at(other_port), none), HasSubstr("name the server as its certificate does"));
  EXPECT_THAT(refusal_at("redis://" + at(strict_port)), HasSubstr("write rediss://"));
  EXPECT_THAT(refusal_at("rediss://" + at(strict->port()), none), HasSubstr("write redis://"));
  wrong = right;
  wrong.key_file.clear();
  EXPECT_THAT(refusal_at(url, wrong), HasSubstr("--redis-key belong together"));
  EXPECT_THAT(refusal_at("redis://" + at(strict->port()), right), HasSubstr("write the address as rediss://"));
  wrong = right;
  wrong.ca_file = "/no/such/file";
  EXPECT_THAT(refusal_at(url, wrong), HasSubstr("--redis-ca: cannot read /no/such/file"));
}

TEST_F(RedisKinds, SentinelsNameTheMasterAlsoAfterAFailover) {
  RedisSentinels sentinels;
  std::string url = "redis+sentinel://127.0.0.1:1";  // one that does not answer
  for (const std::uint16_t port : sentinels.ports()) url += "," + at(port);
  expect_locks_work(url + "/main");
  EXPECT_EQ(doctor_at(url + "/main"), "");
  for (const std::string& told : {refusal_at(url + "/other"), doctor_at(url + "/other")})
    EXPECT_THAT(told, HasSubstr("no master"));
  EXPECT_THAT(refusal_at("redis://" + at(sentinels.ports().front())), HasSubstr("redis+sentinel://"));
  EXPECT_THAT(refusal_at("redis+sentinel://" + at(sentinels.first().port()) + "/main"), HasSubstr("it is no sentinel"));

  const auto lock = open_at(url + "/main").value();
  std::int64_t last = acquire(*lock, "before")->fencing_token;
  std::atomic<bool> ends = false;
  std::atomic<int> refused = 0;
  std::thread load([&] {  // orders go on all the time
    for (int i = 0; !ends; ++i) {
      const auto grant = acquire(*lock, "k" + std::to_string(i), "a", 1s);
      if (!grant) {
        ++refused;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        continue;
      }
      EXPECT_GT(grant->fencing_token, last);
      last = grant->fencing_token;
      (void)release(*lock, *grant);
    }
  });
  sentinels.first().kill();
  EXPECT_TRUE(eventually([&] { return refused > 0; }));
  EXPECT_TRUE(eventually([&] { return lock->availability().ok(); })) << "by itself";
  sentinels.kill(0);
  EXPECT_TRUE(eventually([&] { return sentinels.second().run({"ROLE"}) != "" && lock->availability().ok(); }));
  ends = true;
  load.join();
  EXPECT_TRUE(acquire(*lock, "after"));
  EXPECT_NE(sentinels.second().run({"GET", "sagactl:lock:token"}), "-") << "it is the master now";
}

TEST_F(RedisKinds, AClusterIsFollowedToTheNodeThatHasTheLocks) {
  RedisCluster cluster;
  for (std::size_t i = 0; i < RedisCluster::size; ++i) {
    const std::string url = "redis+cluster://" + at(cluster.node(i).port());
    expect_locks_work(url);
    EXPECT_EQ(doctor_at(url), "") << i;
    for (const std::string& told :
         {refusal_at("redis://" + at(cluster.node(i).port())), doctor_at("redis://" + at(cluster.node(i).port()))})
      EXPECT_THAT(told, HasSubstr("write its address as redis+cluster://")) << i;
  }
  for (std::size_t i = 0; i < RedisCluster::size; ++i)  // the rights that docs/operations.md names
    cluster.node(i).run({"ACL",
                         "SETUSER",
                         "saga",
                         "on",
                         ">p",
                         "~{sagactl:lock}:*",
                         "&{sagactl:lock}:*",
                         "+eval",
                         "+evalsha",
                         "+script|load",
                         "+get",
                         "+set",
                         "+del",
                         "+pttl",
                         "+pexpire",
                         "+time",
                         "+publish",
                         "+subscribe",
                         "+scan",
                         "+select"});
  const std::string with_rights = "redis+cluster://saga:p@" + at(cluster.node(2).port());
  expect_locks_work(with_rights);
  EXPECT_EQ(doctor_at(with_rights), "");
  const auto lock =
      open_at("redis+cluster://127.0.0.1:1," + at(cluster.node(1).port()) + "," + at(cluster.node(2).port())).value();
  std::int64_t last = acquire(*lock, "k", "a", 1s)->fencing_token;
  EXPECT_EQ(cluster.node(0).run({"DBSIZE"}), "2") << "the lock and the token, and all in one place";

  cluster.move(slot_of_the_locks, 2);
  ASSERT_TRUE(eventually([&] { return acquire(*lock, "k").ok(); })) << "it follows";
  const auto moved = acquire(*lock, "other");
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_GT(moved->fencing_token, last);
  EXPECT_NE(cluster.node(2).run({"DBSIZE"}), "0");

  last = moved->fencing_token;
  cluster.node(2).kill();
  EXPECT_TRUE(eventually([&] { return !lock->availability(); }));
  cluster.node(2).start();
  ASSERT_TRUE(eventually([&] { return lock->availability().ok(); })) << lock->availability().error().message;
  ASSERT_TRUE(eventually([&] { return acquire(*lock, "again").ok(); }));
  EXPECT_GT(acquire(*lock, "last")->fencing_token, last);
}

TEST(RedisRoute, AsksEachSentinelBeforeItPauses) {
  redis::RedisRoute route(parse_redis_url("redis+sentinel://a,b:2/main").value());
  EXPECT_TRUE(route.asks());
  EXPECT_EQ(route.next().host, "a");
  EXPECT_EQ(route.next().port, 26379);
  EXPECT_TRUE(route.failed()) << "the other can be asked at once";
  EXPECT_EQ(route.next().host, "b");
  route.found({"m", 6379});
  EXPECT_FALSE(route.asks());
  EXPECT_EQ(route.next().host, "m");
  EXPECT_FALSE(route.failed()) << "the master is looked for again after a pause";
  EXPECT_TRUE(route.asks());
  EXPECT_EQ(route.next().host, "b") << "the one that knew it";
  EXPECT_TRUE(route.failed());
  EXPECT_FALSE(route.failed());
}

TEST(RedisRoute, FollowsACluster) {
  redis::RedisRoute route(parse_redis_url("redis+cluster://a:1,b:2").value());
  EXPECT_TRUE(route.follow("MOVED 8338 10.0.0.3:6379", {"a", 1}));
  EXPECT_EQ(route.next().host, "10.0.0.3");
  EXPECT_TRUE(route.follow("MOVED 8338 fd00::7:6380", {"a", 1}));
  EXPECT_EQ(route.next().host, "fd00::7");
  EXPECT_EQ(route.next().port, 6380);
  EXPECT_TRUE(route.follow("MOVED 8338 :7", {"a", 1}));
  EXPECT_EQ(route.next().host, "a") << "the node that answered";
  for (const char* other : {"ASK 1 a:1", "MOVED 8338", "MOVED 8338 a:x", "MOVED 8338 a:0", "OK"})
    EXPECT_FALSE(redis::RedisRoute(route.address()).follow(other, {"a", 1})) << other;
  int followed = 0;
  for (redis::RedisRoute lost(route.address()); lost.follow("MOVED 1 a:1", {"a", 1});) ASSERT_LT(++followed, 100);
  EXPECT_EQ(followed, 5) << "nodes that do not agree are left alone for a while";
  redis::RedisRoute alone(parse_redis_url("redis://a").value());
  EXPECT_FALSE(alone.follow("MOVED 8338 b:1", {"a", 6379}));
}

TEST(RedisAddress, OfEachKindIsReadAndWrong) {
  const auto sentinels = parse_redis_url("rediss+sentinel://u:p@a,b:2/main/3").value();
  EXPECT_TRUE(sentinels.tls);
  EXPECT_EQ(sentinels.master, "main");
  EXPECT_EQ(sentinels.database, 3);
  EXPECT_EQ(sentinels.shown(), "main by the sentinels a:26379,b:2/3");
  const auto cluster = parse_redis_url("redis+cluster://:p@a,[::1]:2").value();
  EXPECT_EQ(cluster.shown(), "the cluster a:6379,[::1]:2");
  EXPECT_EQ(parse_redis_url("unix:///run/redis.sock?db=2").value().shown(), "/run/redis.sock/2");
  EXPECT_TRUE(parse_redis_url("valkeys://r").value().tls);
  for (const auto& [url, said] :
       {std::pair("redis+sentinel://a", "the name of the master"),
        std::pair("redis+sentinel://a/m/x", "the number of a database"),
        std::pair("redis+cluster://a/1", "no other database than 0"), std::pair("redis+cluster://", "names no host"),
        std::pair("redis://a,b", "sentinels"), std::pair("unix://run/s", "must be absolute"),
        std::pair("unix:///s?x=1", "?db="), std::pair("rediss://:p@", "rediss"), std::pair("http://a", "redis://")}) {
    const auto address = parse_redis_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, ErrorCode::invalid);
    EXPECT_THAT(address.error().message, HasSubstr(said)) << url;
  }
  EXPECT_EQ(parse_redis_url("redis+sentinel://:s3cret@a").error().message.find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace sagactl
