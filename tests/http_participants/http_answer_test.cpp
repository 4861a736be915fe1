// When, and where, an answer says that it is to be asked again.
#include "server/adapters/participants/http_answer.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

const Timestamp answered_at = *parse_iso8601("2026-10-21T07:00:00Z");

TEST(RetryAfter, IsANumberOfSecondsOrADate) {
  EXPECT_EQ(read_retry_after("0", answered_at), std::optional<Duration>(0s));
  EXPECT_EQ(read_retry_after(" 120 ", answered_at), std::optional<Duration>(120s));
  EXPECT_EQ(read_retry_after("Wed, 21 Oct 2026 07:28:00 GMT", answered_at), std::optional<Duration>(28min));
  EXPECT_EQ(read_retry_after("Wed, 21 Oct 2026 06:28:00 GMT", answered_at), std::optional<Duration>(0s))
      << "in the past";
  EXPECT_EQ(read_retry_after("99999999999999999999", answered_at), std::optional<Duration>(std::chrono::days(365)));
  for (const char* text : {"", "soon", "-1", "1.5", "Wed, 21 Foo 2026 07:28:00 GMT", "Wed, 99 Oct 2026 07:28:00 GMT"})
    EXPECT_EQ(read_retry_after(text, answered_at), std::nullopt) << text;
}

TEST(KeepAlive, SaysHowLongAConnectionIsKept) {
  const auto kept = [](const std::string& header) {
    AnswerReader reader;
    reader.want(answer_headers());
    reader.reset();
    EXPECT_EQ(reader.feed("HTTP/1.1 204 No Content\r\n" + header + "\r\n"), AnswerState::done);
    return kept_for_by(reader);
  };
  EXPECT_EQ(kept("Keep-Alive: timeout=5, max=100\r\n"), std::optional<Duration>(5s));
  EXPECT_EQ(kept("Keep-Alive: max=100,timeout=5\r\n"), std::optional<Duration>(5s));
  EXPECT_EQ(kept("Keep-Alive: max=100\r\n"), std::nullopt);
  EXPECT_EQ(kept(""), std::nullopt);
}

}  // namespace
}  // namespace sagactl
