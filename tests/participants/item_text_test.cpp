// The items of an order as text: the form in which they are stored is read without a JSON library, and gives what any
// other spelling of the same gives.
#include "server/participants/item_text.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

const std::vector<std::vector<OrderItem>> samples = {
    {{"P-1", "Lamp", 1, {100}}},
    {{"P-1", "Lamp", 0, {0}}, {"P-2", "", 12'345, {1'050}}, {"", "x", 3, {99}}},
    {{"P-1", "a \"quoted\" \\ name\n", 1, {1}}, {"P-2", "사과", 2, {Money::cents_max}}},
};

TEST(ItemText, ReadsWhatWasWritten) {
  for (const auto& items : samples) {
    const auto read = read_items(to_json_text(items));
    ASSERT_TRUE(read) << to_json_text(items);
    EXPECT_EQ(*read, items);
  }
}

TEST(ItemText, OtherSpellingsOfTheSameAreReadAlike) {
  for (const auto& items : samples) {
    const auto read = read_items(to_json(items).dump(2));
    ASSERT_TRUE(read) << to_json(items).dump(2);
    EXPECT_EQ(*read, items);
  }
  const auto other_order = read_items(R"([{"price":1.50,"quantity":2,"productName":"Lamp","productId":"P-1"}])");
  ASSERT_TRUE(other_order);
  EXPECT_EQ(*other_order, (std::vector<OrderItem>{{"P-1", "Lamp", 2, {150}}}));
}

TEST(ItemText, WhatIsNoListOfItemsIsRefused) {
  for (const char* text : {
           "",
           "{}",
           "[",
           R"([{"productId":"P","productName":"L","quantity":1,"price":1})",
           R"([{"productId":"P","productName":"L","quantity":1,"price":1}]])",
           R"([{"productId":"P","productName":"L","quantity":01,"price":1}])",
           R"([{"productId":"P","productName":"L","quantity":-1,"price":1}])",
           R"([{"productId":"P","productName":"L","quantity":1,"price":1.005}])",
           R"([{"productId":"P","productName":"L","quantity":1,"price":"1"}])",
           R"([{"productId":"P","productName":"L","quantity":1,"price":1,"more":1}])",
           "[{\"productId\":\"P\",\"productName\":\"a\tb\",\"quantity\":1,\"price\":1}]",
           "[{\"productId\":\"P\",\"productName\":\"\xff\",\"quantity\":1,\"price\":1}]",
       })
    EXPECT_FALSE(read_items(text)) << text;
}

}  // namespace
}  // namespace sagactl
