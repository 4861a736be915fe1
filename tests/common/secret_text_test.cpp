// Texts with passwords, as they are shown to people.
#include "common/text/secret_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sagactl {
namespace {

TEST(WithoutSecrets, HidesPasswordsInEveryFormOfAddress) {
  const std::pair<const char*, const char*> rows[] = {
      {"postgres://saga:geheim@db:5432/shop", "postgres://saga:***@db:5432/shop"},
      {"postgresql://saga:ge:h@eim@db/shop", "postgresql://saga:***@db/shop"},
      {"postgres://saga:ge/heim@db/shop", "postgres://saga:***@db/shop"},
      {"postgres://saga:ge?heim@db/shop", "postgres://saga:***@db/shop"},
      {"postgres://saga:geheim@h1:5432,h2:5432/shop?target_session_attrs=read-write",
       "postgres://saga:***@h1:5432,h2:5432/shop?target_session_attrs=read-write"},
      {"postgres://h/db?user=u&password=geheim", "postgres://h/db?user=u&password=***"},
      {"postgres://h/db?password=geheim&user=u", "postgres://h/db?password=***&user=u"},
      {"postgres://h/db?%70assword=geheim", "postgres://h/db?%70assword=***"},
      {"postgres://h/db?PASSWORD=geheim#x", "postgres://h/db?PASSWORD=***#x"},
      {"postgres://h/db?sslkey=k&sslpassword=geheim", "postgres://h/db?sslkey=k&sslpassword=***"},
      {"postgres://u:geheim@h/db?sslpassword=geheim", "postgres://u:***@h/db?sslpassword=***"},
      {"redis://:geheim@r:6379/1", "redis://***@r:6379/1"},
      {"redis://geheim@r", "redis://***@r"},
      {"rediss://user:geheim@r", "rediss://***@r"},
      {"redis+sentinel://geheim@a,b:26379/main", "redis+sentinel://***@a,b:26379/main"},
      {"rediss+cluster://u:geheim@a,b", "rediss+cluster://***@a,b"},
      {"valkey://geheim@r", "valkey://***@r"},
      {"unix://:geheim@/run/redis.sock?db=1", "unix://***@/run/redis.sock?db=1"},
      {"http://ann:geheim@node:3000/x", "http://ann:***@node:3000/x"},
      {"http://node:3000/events?token=geheim&x=1", "http://node:3000/events?token=***&x=1"},
      {"host=db user=saga password=geheim dbname=shop", "host=db user=saga password=*** dbname=shop"},
      {"password = 'ge heim' host=db", "password = *** host=db"},
      {"password='ge\\'h eim' host=db", "password=*** host=db"},
      {"password=ge\\ heim host=db", "password=*** host=db"},
      {"host=db sslpassword=geheim", "host=db sslpassword=***"},
      {"cannot reach postgres://a:geheim@x/y or redis://:geheim@z; gave up",
       "cannot reach postgres://a:***@x/y or redis://***@z; gave up"},
  };
  for (const auto& [text, shown] : rows) EXPECT_EQ(without_secrets(std::string_view(text)), shown);
}

TEST(WithoutSecrets, LeavesEverythingElseUnchanged) {
  for (const char* text :
       {"", "postgres://saga@db:5432/shop", "postgres:///shop?host=/var/run/postgresql", "http://127.0.0.1:3000",
        "http://node:3000/users/ann@example.com", "http://[::1]:3000/x?a=b", "redis://r:6379/0", "ann@example.com",
        "postgres://h1:1,h2:2/db?application_name=a@b", "a password is missing", "my-password-file=x", "tokens=3",
        "PROD001:1:9.50", "--password-file", "://", "x://", "postgres://saga:@db"})
    EXPECT_EQ(without_secrets(std::string_view(text)), text);
}

TEST(WithoutSecrets, HidesTheValuesOfSecretFlags) {
  const std::vector<std::string> arguments = {"login",           "--password", "geheim",     "--token=geheim",
                                              "--password-file", "/path",      "--database", "postgres://u:geheim@h/d",
                                              "--token",         "--odd",      "--url",      "http://h"};
  EXPECT_THAT(without_secrets(arguments),
              testing::ElementsAre("login", "--password", "***", "--token=***", "--password-file", "/path",
                                   "--database", "postgres://u:***@h/d", "--token", "***", "--url", "http://h"));
}

}  // namespace
}  // namespace sagactl
