#include "common/time.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ctime>

namespace sagactl {
namespace {

// The date of a day since 1970-01-01, in the proleptic Gregorian calendar, by Howard Hinnant's civil_from_days
// ("chrono-Compatible Low-Level Date Algorithms"): gmtime_r takes a lock that all threads share.
struct CivilDate {
  std::int64_t year;
  unsigned month, day;
};

CivilDate date_of(std::int64_t day) {
  const std::int64_t shifted = day + 719'468;  // since 0000-03-01
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(shifted - era * 146'097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;  // 0 is March
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

char* write_digits(char* at, std::int64_t number, int width) {
  for (int i = width; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
  return at + width;
}

// With that many digits of the second's fraction.
std::string iso8601(Timestamp t, int digits) {
  constexpr std::int64_t us_of_day = 86'400'000'000;
  std::int64_t day = t.us / us_of_day, us = t.us % us_of_day;
  if (us < 0) {
    us += us_of_day;
    --day;
  }
  const CivilDate date = date_of(day);
  const std::int64_t seconds = us / 1'000'000, fraction = us % 1'000'000;
  if (date.year < 0 || date.year > 9999)
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:0{}}Z", date.year, date.month, date.day, seconds / 3600,
                       seconds / 60 % 60, seconds % 60, digits == 3 ? fraction / 1000 : fraction, digits);
  std::array<char, 32> text;
  char* at = write_digits(text.data(), date.year, 4);
  *at++ = '-';
  at = write_digits(at, date.month, 2);
  *at++ = '-';
  at = write_digits(at, date.day, 2);
  *at++ = 'T';
  at = write_digits(at, seconds / 3600, 2);
  *at++ = ':';
  at = write_digits(at, seconds / 60 % 60, 2);
  *at++ = ':';
  at = write_digits(at, seconds % 60, 2);
  *at++ = '.';
  at = write_digits(at, digits == 3 ? fraction / 1000 : fraction, digits);
  *at++ = 'Z';
  return {text.data(), at};
}

}  // namespace

Timestamp wall_clock_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

std::string iso8601_ms(Timestamp t) {
  return iso8601(t, 3);
}

std::string iso8601_us(Timestamp t) {
  return iso8601(t, 6);
}

namespace {

// The offset from UTC of the zone at the end of a time: "Z", "+09:00", "+0900", "-05", or "", which is UTC.
std::optional<Duration> zone_of(std::string_view text) {
  if (text.empty() || text == "Z") return Duration{0};
  const int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
  std::string digits(text.substr(1));
  std::erase(digits, ':');
  if (sign == 0 || (digits.size() != 2 && digits.size() != 4)) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const int hours = digits.size() == 4 ? number / 100 : number, minutes = digits.size() == 4 ? number % 100 : 0;
  if (hours > 23 || minutes > 59) return std::nullopt;
  return sign * (std::chrono::hours(hours) + std::chrono::minutes(minutes));
}

}  // namespace

Result<Timestamp> parse_iso8601(std::string_view text) {
  const auto bad = [&] {
    return Error{ErrorCode::invalid, fmt::format("'{}' is not a time; write it like 2026-11-20T13:04:07Z", text)};
  };
  std::tm p{};
  const std::string copy(text);
  const char* rest = strptime(copy.c_str(), "%Y-%m-%d", &p);
  if (!rest) return bad();
  if (*rest == 'T' || *rest == ' ') {
    rest = strptime(rest + 1, "%H:%M:%S", &p);
    if (!rest) return bad();
  }
  std::int64_t us = 0;
  if (*rest == '.') {
    std::int64_t unit = 100'000;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, unit /= 10) us += (*rest - '0') * unit;
  }
  const auto ahead = zone_of(rest);
  if (!ahead) return bad();
  return Timestamp{static_cast<std::int64_t>(timegm(&p)) * 1'000'000 + us} - *ahead;
}

Result<Duration> parse_duration(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double us = 0;
  if (unit == "us")
    us = 1;
  else if (unit == "ms")
    us = 1e3;
  else if (unit == "s")
    us = 1e6;
  else if (unit == "m")
    us = 60e6;
  else if (unit == "h")
    us = 3600e6;
  else if (unit == "d")
    us = 86'400e6;
  else if (unit.empty() && number == 0)
    us = 1;  // 0 is 0 in any unit
  if (error != std::errc{} || us == 0 || !(number >= 0) || number * us > 9e15) {
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is not a duration; write it like 500ms, 10s, 2m, 24h or 7d", text)};
  }
  return Duration{static_cast<std::int64_t>(number * us)};
}

std::string format_duration(Duration d) {
  const double us = static_cast<double>(d.count());
  if (us < 1e3) return fmt::format("{} us", d.count());
  if (us < 1e6) return fmt::format("{:.2f} ms", us / 1e3);
  if (us < 120e6) return fmt::format("{:.2f} s", us / 1e6);
  const auto [unit, name] = us < 7'200e6     ? std::pair(60e6, "min")
                            : us < 172'800e6 ? std::pair(3'600e6, "h")
                                             : std::pair(86'400e6, "d");
  const bool is_whole = d.count() % static_cast<std::int64_t>(unit) == 0;
  return is_whole ? fmt::format("{:.0f} {}", us / unit, name) : fmt::format("{:.1f} {}", us / unit, name);
}

}  // namespace sagactl
