// The two ways in which the body of an order is read give the same order.
#include "server/api/orders/parse_order.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/api/orders/plain_order.hpp"

namespace sagactl::api {
namespace {

std::string body_of(std::string_view name, std::string_view quantity, std::string_view price) {
  return fmt::format(
      R"({{"items": [{{"productId":"P-1","productName":"{}","quantity":{},"price":{}}}], "shippingAddress":"서울 1"}})",
      name, quantity, price);
}

// An escape makes no difference to what a text says, and is never plain.
std::string with_an_escape(std::string body) {
  return body.replace(body.find("P-1"), 1, "\\u0050");
}

void expect_same(const PlaceOrder& a, const PlaceOrder& b, const std::string& body) {
  EXPECT_EQ(a.items, b.items) << body;
  EXPECT_EQ(a.address, b.address) << body;
  EXPECT_EQ(a.idempotency_key, b.idempotency_key) << body;
}

TEST(ParseOrder, APlainBodyIsReadAsTheSameOrderEitherWay) {
  for (const char* price : {"0", "1", "617.28", "0.1", "0.10", "1.100", "999999999999.99", "1000000000000", "19.99"}) {
    for (const char* quantity : {"1", "2", "1000000000"}) {
      for (const char* name : {"A product", "", "커피", "it's 5% off <b>"}) {
        const std::string body = body_of(name, quantity, price);
        const auto plain = read_plain_order(body);
        ASSERT_TRUE(plain) << body;
        const std::string escaped = with_an_escape(body);
        ASSERT_FALSE(read_plain_order(escaped)) << escaped;
        const auto slow = parse_order(escaped);
        ASSERT_TRUE(slow) << escaped;
        expect_same(*plain, *slow, body);
      }
    }
  }
}

TEST(ParseOrder, EveryAmountOfCentsIsReadAlikeEitherWay) {
  for (std::int64_t cents = 0; cents < 30'000; cents += 7) {
    const std::string body = body_of("x", "1", Money{cents}.number_text());
    const auto plain = read_plain_order(body);
    ASSERT_TRUE(plain) << body;
    ASSERT_EQ(plain->items[0].price, Money{cents});
    ASSERT_EQ(parse_order(with_an_escape(body))->items[0].price, Money{cents});
  }
}

TEST(ParseOrder, AnotherFormIsNotPlain) {
  const std::string good = body_of("x", "1", "2.5");
  ASSERT_TRUE(read_plain_order(good));
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string body = good;
    const auto at = body.find(from);
    EXPECT_NE(at, body.npos) << from;
    return body.replace(at, from.size(), to);
  };
  for (const std::string& body : {changed("\"price\":2.5", "\"price\":2.5,\"price\":2.5"),
                                  changed("\"quantity\":1", "\"quantity\":01"),
                                  changed("2.5", "2.55555"),
                                  changed("2.5", "2."),
                                  changed("2.5", ".5"),
                                  changed("2.5", "-2.5"),
                                  changed("2.5", "25e-1"),
                                  changed("2.5", "\"2.5\""),
                                  changed("2.5", "true"),
                                  changed("2.5", "02.5"),
                                  changed(":1,", ":0,"),
                                  changed(":1,", ":1.0,"),
                                  changed(":1,", ":1000000001,"),
                                  changed("\"P-1\"", "\"\""),
                                  changed("\"P-1\"", "null"),
                                  changed("\"P-1\"", "\"a\nb\""),
                                  changed("\"P-1\"", "\"\xFF\""),
                                  changed("\"P-1\"", "\"" + std::string(256, 'x') + "\""),
                                  changed("}]", "},]"),
                                  changed("}]", "}"),
                                  changed("}]", "},1]"),
                                  changed("}]", "},\"x\"]"),
                                  changed("[{", "[["),
                                  changed("서울 1\"}", "서울 1\"}}"),
                                  changed("서울 1\"}", "서울 1\""),
                                  changed("서울 1\"}", "서울 1\",\"more\":1}"),
                                  changed("서울 1\"}", "서울 1\",\"idempotencyKey\":\"\"}"),
                                  changed("\"items\"", "\"item\""),
                                  changed("{\"items\"", "\xEF\xBB\xBF{\"items\""),
                                  std::string("[]"),
                                  std::string()})
    EXPECT_FALSE(read_plain_order(body)) << body;
}

TEST(ParseOrder, AKeyIsReadEitherWay) {
  std::string body = body_of("x", "1", "1");
  body.back() = ',';
  body += R"("idempotencyKey":"k-1"})";
  ASSERT_TRUE(read_plain_order(body));
  EXPECT_EQ(read_plain_order(body)->idempotency_key, "k-1");
  EXPECT_EQ(parse_order(with_an_escape(body))->idempotency_key, "k-1");
}

}  // namespace
}  // namespace sagactl::api
