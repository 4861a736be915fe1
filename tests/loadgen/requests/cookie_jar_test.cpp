#include "loadgen/requests/cookie_jar.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

const Timestamp begin{1'795'089'847'000'000};  // Thu, 19 Nov 2026 12:04:07 GMT

std::string header_of_jar(const CookieJar& jar, std::string_view path, Timestamp now = begin) {
  std::string out(jar.header_max(), '?');
  out.resize(static_cast<std::size_t>(jar.put(out.data(), path, now) - out.data()));
  return out;
}

TEST(CookieJar, SendsWhatWasSetForThePath) {
  CookieJar jar;
  jar.take("a=1; Path=/; Secure; HttpOnly\nb=2; Path=/shop\nc=3", "/shop/cart/add?x=/y", begin);
  EXPECT_EQ(header_of_jar(jar, "/shop/cart/add"), "Cookie: a=1; b=2; c=3\r\n");
  EXPECT_EQ(header_of_jar(jar, "/shop/cart"), "Cookie: a=1; b=2; c=3\r\n") << "the directory of the path that set it";
  EXPECT_EQ(header_of_jar(jar, "/shop?x=1"), "Cookie: a=1; b=2\r\n");
  EXPECT_EQ(header_of_jar(jar, "/shopping"), "Cookie: a=1\r\n");
  EXPECT_EQ(header_of_jar(jar, "http://h:1/shop?x=1"), "Cookie: a=1; b=2\r\n") << "as a proxy is asked";
  EXPECT_EQ(header_of_jar(CookieJar(), "/"), "");
}

TEST(CookieJar, ALaterValueReplacesTheEarlier) {
  CookieJar jar;
  jar.take("a=1; Path=/\na=2; Path=/x", "/", begin);
  jar.take("a=3; Path=/", "/", begin);
  EXPECT_EQ(header_of_jar(jar, "/x"), "Cookie: a=3; a=2\r\n");
}

TEST(CookieJar, ForgetsWhatHasExpired) {
  CookieJar jar;
  jar.take(
      "a=1; Max-Age=10\nb=2; Expires=Thu, 19 Nov 2026 12:04:17 GMT\nc=3; expires=Thu, 01-Jan-1970 00:00:00 GMT\n"
      "d=4; Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:00 GMT\ne=5; Expires=some day",
      "/", begin);
  EXPECT_EQ(header_of_jar(jar, "/"), "Cookie: a=1; b=2; d=4; e=5\r\n");
  EXPECT_EQ(header_of_jar(jar, "/", begin + 10s), "Cookie: d=4; e=5\r\n");
  jar.take("d=; Max-Age=0\ne=gone; Max-Age=-1", "/", begin);
  EXPECT_EQ(jar.size(), 2u);
}

TEST(CookieJar, IsLimited) {
  CookieJar jar;
  for (std::size_t i = 0; i < 2 * CookieJar::cookies_max; ++i) jar.take("c" + std::to_string(i) + "=1", "/", begin);
  EXPECT_EQ(jar.size(), CookieJar::cookies_max);
  CookieJar other;
  other.take("a=" + std::string(CookieJar::cookie_size_max, 'x') + "\nno value\n; Path=/", "/", begin);
  EXPECT_EQ(other.size(), 0u);
}

}  // namespace
}  // namespace sagactl
