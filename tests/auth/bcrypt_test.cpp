#include "server/auth/bcrypt.hpp"

#include <gtest/gtest.h>

#include "server/auth/password.hpp"

namespace sagactl::auth {
namespace {

// As nestjs-cqrs stored it: node's bcrypt, 12 rounds, of "password123".
const std::string stored = "$2b$12$nPHVSwQqsQOGk1K.SGWEJeyglnz2ODGEndl1v61Rl33YBdIndeDzO";
// Known hashes of "U*U" and "" (crypt_blowfish's own test vectors).
const std::string of_u_u = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
const std::string of_nothing = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy";

TEST(Bcrypt, IsVerifiedByItsOwnHashOnly) {
  EXPECT_TRUE(verify_password(stored, "password123"));
  for (const char* wrong : {"", "password12", "password1234", "Password123"})
    EXPECT_FALSE(verify_password(stored, wrong)) << wrong;
}

TEST(Bcrypt, IsReadInEachOfItsSpellings) {
  EXPECT_TRUE(verify_bcrypt(of_u_u, "U*U"));
  EXPECT_TRUE(verify_bcrypt(of_nothing, ""));
  for (const char kind : {'b', 'y'}) {
    std::string hash = of_u_u;
    hash[2] = kind;
    EXPECT_TRUE(verify_bcrypt(hash, "U*U")) << hash;
  }
}

TEST(Bcrypt, IsNotComputedAboveItsHighestCost) {
  for (const char* cost : {"16", "20", "31"}) {
    std::string hash = stored;
    hash.replace(4, 2, cost);
    EXPECT_TRUE(is_bcrypt(hash));
    EXPECT_EQ(bcrypt_cost(hash), std::stoi(cost));
    EXPECT_FALSE(verify_bcrypt(hash, "password123")) << hash;
  }
}

TEST(Bcrypt, IsNothingElse) {
  std::vector<std::string> others = {"", "password123", "$2b$12$", stored + "x", stored.substr(0, 59), "$1$abc$def"};
  for (const auto& [at, c] : {std::pair(2, 'x'), std::pair(2, 'c'), std::pair(3, '5'), std::pair(4, '-'),
                              std::pair(6, '.'), std::pair(20, '$'), std::pair(59, '\n')}) {
    std::string other = stored;
    other[static_cast<std::size_t>(at)] = c;
    others.push_back(other);
  }
  for (const char* cost : {"00", "03", "32", "99"}) {
    std::string other = stored;
    others.push_back(other.replace(4, 2, cost));
  }
  for (const std::string& other : others) {
    EXPECT_FALSE(is_bcrypt(other)) << other;
    EXPECT_FALSE(verify_bcrypt(other, "password123")) << other;
  }
}

TEST(Bcrypt, EndsAtNoNulOfThePassword) {
  EXPECT_FALSE(verify_bcrypt(of_u_u, std::string("U*U\0more", 8)));
  EXPECT_FALSE(verify_bcrypt(of_nothing, std::string(1, '\0')));
}

TEST(Bcrypt, IsReplacedAtTheNextLogin) {
  EXPECT_TRUE(needs_rehash(stored));
  EXPECT_TRUE(needs_rehash(stored, cheapest_password_cost));
}

}  // namespace
}  // namespace sagactl::auth
