#include "server/auth/password.hpp"

#include <gtest/gtest.h>

namespace sagactl::auth {
namespace {

constexpr PasswordCost cheap = cheapest_password_cost;

TEST(Password, IsVerifiedByItsOwnHashOnly) {
  const auto hash = hash_password("password123", cheap);
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << *hash;
  EXPECT_TRUE(verify_password(*hash, "password123"));
  for (const char* wrong : {"", "password12", "password1234", "Password123"})
    EXPECT_FALSE(verify_password(*hash, wrong)) << wrong;
}

TEST(Password, HasAnotherHashEachTime) {
  EXPECT_NE(*hash_password("password123", cheap), *hash_password("password123", cheap));
}

TEST(Password, MayHoldAnyBytesUpToItsLimit) {
  const std::string nul("a\0b", 3);
  EXPECT_FALSE(verify_password(*hash_password(nul, cheap), "a"));
  EXPECT_TRUE(verify_password(*hash_password("비밀번호", cheap), "비밀번호"));
  EXPECT_TRUE(hash_password(std::string(password_bytes_max, 'x'), cheap).ok());
  const auto too_long = hash_password(std::string(password_bytes_max + 1, 'x'), cheap);
  ASSERT_FALSE(too_long.ok());
  EXPECT_EQ(too_long.error().code, ErrorCode::invalid);
}

TEST(Password, IsNotVerifiedByTextThatIsNoHashOrHasAnExcessiveCost) {
  for (const char* text : {"", "password123", "$2b$10$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$",
                           "$argon2id$v=19$m=8", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
                           "$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
                           "$argon2id$v=19$m=8,t=4000000,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
                           "$argon2id$v=19$m=99999999999,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"})
    EXPECT_FALSE(verify_password(text, "password123")) << text;
}

TEST(Password, OfNoUserIsNeverRight) {
  EXPECT_FALSE(verify_nobodys_password("password123", cheap));
}

TEST(Password, IsHashedAgainWhenTheCostHasRisen) {
  const std::string hash = *hash_password("password123", cheap);
  EXPECT_FALSE(needs_rehash(hash, cheap));
  EXPECT_TRUE(needs_rehash(hash, {16, 1}));
  EXPECT_TRUE(needs_rehash(hash, {8, 2}));
  EXPECT_TRUE(needs_rehash("$2b$10$abc", cheap));
  EXPECT_TRUE(needs_rehash(hash));
}

}  // namespace
}  // namespace sagactl::auth
