// What `sagactl doctor` finds out about a Redis: whether nodes can acquire their locks there.
#include <gmock/gmock.h>

#include "server/adapters/redis/redis_diagnosis.hpp"
#include "tests/services/redis_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

class RedisCheck : public testing::Test {
 protected:
  void SetUp() override { NEEDS_REDIS_SERVER(); }

  static RedisDiagnosis look(const RedisServer& server, const std::string& user = "",
                             const std::string& password = "") {
    RedisAddress address;
    address.port = server.port();
    address.user = user;
    address.password = password;
    auto diagnosis = diagnose_redis(address, 2s);
    EXPECT_TRUE(diagnosis) << diagnosis.error().message;
    return diagnosis ? *diagnosis : RedisDiagnosis{};
  }
  static std::string why(const RedisDiagnosis& diagnosis) {
    return diagnosis.refused ? diagnosis.refused->message : "";
  }
};

TEST_F(RedisCheck, OfAGoodOneFindsNothingAndLeavesNothingButTheToken) {
  const RedisServer server;
  const RedisDiagnosis diagnosis = look(server);
  EXPECT_EQ(why(diagnosis), "");
  EXPECT_EQ(diagnosis.role, "master");
  EXPECT_EQ(server.run({"DBSIZE"}), "1");
}

TEST_F(RedisCheck, SeesThatNothingCanBeWritten) {
  const RedisServer server;
  server.run({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_THAT(why(look(server)), HasSubstr("raise its maxmemory"));
  server.run({"CONFIG", "SET", "maxmemory", "0"});
  server.run({"CONFIG", "SET", "min-replicas-to-write", "1"});
  EXPECT_THAT(why(look(server)), HasSubstr("restore its replicas"));
  server.run({"CONFIG", "SET", "min-replicas-to-write", "0"});
  server.run({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_THAT(why(look(server)), HasSubstr("name its master"));
}

TEST_F(RedisCheck, OfADatabaseThatItDoesNotHaveSaysSo) {
  const RedisServer server;
  RedisAddress address;
  address.port = server.port();
  address.database = 99;
  const auto diagnosis = diagnose_redis(address, 2s);
  ASSERT_FALSE(diagnosis);
  EXPECT_EQ(diagnosis.error().code, ErrorCode::invalid) << "the server runs, and starting it changes nothing";
  EXPECT_THAT(diagnosis.error().message, HasSubstr("correct the number of the database"));
}

TEST_F(RedisCheck, OfOneWithoutAPasswordSaysThatItHasNone) {
  const RedisServer server;
  RedisAddress address;
  address.port = server.port();
  address.password = "wrong";
  const auto diagnosis = diagnose_redis(address, 2s);
  ASSERT_FALSE(diagnosis);
  EXPECT_EQ(diagnosis.error().code, ErrorCode::invalid);
  EXPECT_THAT(diagnosis.error().message, HasSubstr("leave out the password"));
}

// The rights that docs/operations.md names are enough; without one of them a lock does not work.
TEST_F(RedisCheck, NeedsTheRightsOfTheLocksAndNoOthers) {
  const std::vector<std::string> enough = {
      "ACL",   "SETUSER",  "saga",         "reset", "on",     ">p",   "~sagactl:lock:*", "&sagactl:lock:*",
      "+eval", "+evalsha", "+script|load", "+get",  "+set",   "+del", "+pttl",           "+pexpire",
      "+time", "+publish", "+subscribe",   "+scan", "+select"};
  const RedisServer server;
  server.run(enough);
  const RedisDiagnosis diagnosis = look(server, "saga", "p");
  EXPECT_EQ(why(diagnosis), "");
  EXPECT_EQ(diagnosis.eviction, "") << "INFO is not among them";
  for (const char* missing : {"+eval", "+get", "+set", "+del", "+pttl", "+pexpire", "+publish", "+subscribe", "+scan",
                              "~sagactl:lock:*", "&sagactl:lock:*"}) {
    std::vector<std::string> less = enough;
    std::erase(less, missing);
    server.run(less);
    EXPECT_NE(why(look(server, "saga", "p")), "") << missing;
  }
}

}  // namespace
}  // namespace sagactl
