#include "common/time.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <ctime>

namespace sagactl {
namespace {

TEST(Time, PrintsAndReadsIso8601) {
  const Timestamp t{1795179847137042};
  EXPECT_EQ(iso8601_ms(t), "2026-11-20T13:04:07.137Z");
  EXPECT_EQ(iso8601_us(t), "2026-11-20T13:04:07.137042Z");
  EXPECT_EQ(*parse_iso8601("2026-11-20T13:04:07.137042Z"), t);
  EXPECT_EQ(parse_iso8601("2026-11-20 13:04:07")->us, 1795179847000000);
  EXPECT_EQ(parse_iso8601("2026-11-20")->us % 86'400'000'000, 0);
  for (const char* text : {"2026-11-20T22:04:07+09:00", "2026-11-20 13:04:07+00", "2026-11-20T07:34:07-0530"})
    EXPECT_EQ(parse_iso8601(text)->us, 1795179847000000) << text;
  for (const char* text : {"", "yesterday", "2026-11-20T25:00:00Z", "2026-11-20T13:04:07 CET", "2026-11-20T13:04:07+1",
                           "2026-11-20T13:04:07+24:00", "2026-11-20T13:04:07Z+01"})
    EXPECT_FALSE(parse_iso8601(text).ok()) << text;
}

TEST(Time, PrintsEveryDayAsTheCalendarHasIt) {
  constexpr std::int64_t day_us = 86'400'000'000;
  for (std::int64_t day = -800'000; day < 200'000; day += 7) {
    const std::time_t seconds = day * 86'400 + 86'399;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT23:59:59.999999Z", parts.tm_year + 1900, parts.tm_mon + 1,
                  parts.tm_mday);
    ASSERT_EQ(iso8601_us({(day + 1) * day_us - 1}), text) << day;
  }
}

TEST(Time, ShowsDurationsInTheUnitThatPeopleUse) {
  EXPECT_EQ(format_duration(90s), "90.00 s");
  EXPECT_EQ(format_duration(150s), "2.5 min");
  EXPECT_EQ(format_duration(15min), "15 min");
  EXPECT_EQ(format_duration(90min), "90 min");
  EXPECT_EQ(format_duration(24h), "24 h");
  EXPECT_EQ(format_duration(Duration(150min)), "2.5 h");
  EXPECT_EQ(format_duration(Duration(24h) * 7), "7 d");
}

TEST(Time, ReadsDurations) {
  EXPECT_EQ(*parse_duration("500ms"), 500ms);
  EXPECT_EQ(*parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(*parse_duration("2m"), 2min);
  EXPECT_EQ(*parse_duration("7d"), 168h);
  EXPECT_EQ(*parse_duration("0s"), 0s);
  EXPECT_EQ(*parse_duration("0"), 0s);
  for (const char* text : {"", "5", "s", "-1s", "5 s", "1w", "nan s"}) EXPECT_FALSE(parse_duration(text).ok()) << text;
}

}  // namespace
}  // namespace sagactl
