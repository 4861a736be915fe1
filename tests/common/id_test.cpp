#include "common/id.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

TEST(Uuid, ReadsWhatItPrints) {
  const Uuid uuid = new_uuid();
  EXPECT_EQ(Uuid::parse(uuid.text()), uuid);
  EXPECT_EQ(uuid.text()[14], '7');
  for (const char* text :
       {"", "not-a-uuid", "867a4850-d872-42eb-a83d-c71921cdc0cg", "867a4850d87242eba83dc71921cdc0c3aaaa"})
    EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuid, NewOnesIncreaseWithinAProcess) {
  Uuid last = new_uuid();
  for (int i = 0; i < 10'000; ++i) {
    const Uuid next = new_uuid();
    ASSERT_LT(last, next);
    last = next;
  }
}

}  // namespace
}  // namespace sagactl
