#include "common/time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <ctime>

namespace sagactl {
namespace {

std::tm utc(Timestamp t, std::int64_t& sub_second_us) {
  std::int64_t seconds = t.us / 1'000'000;
  sub_second_us = t.us % 1'000'000;
  if (sub_second_us < 0) {
    sub_second_us += 1'000'000;
    --seconds;
  }
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  return parts;
}

}  // namespace

Timestamp wall_clock_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

std::string iso8601_ms(Timestamp t) {
  std::int64_t us;
  const std::tm p = utc(t, us);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", p.tm_year + 1900, p.tm_mon + 1, p.tm_mday, p.tm_hour,
                     p.tm_min, p.tm_sec, us / 1000);
}

std::string iso8601_us(Timestamp t) {
  std::int64_t us;
  const std::tm p = utc(t, us);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", p.tm_year + 1900, p.tm_mon + 1, p.tm_mday, p.tm_hour,
                     p.tm_min, p.tm_sec, us);
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
  else if (unit.empty() && number == 0)
    us = 1;  // 0 is 0 in any unit
  if (error != std::errc{} || us == 0 || !(number >= 0) || number * us > 9e15) {
    return Error{ErrorCode::invalid, fmt::format("'{}' is not a duration; write it like 500ms, 10s or 2m", text)};
  }
  return Duration{static_cast<std::int64_t>(number * us)};
}

std::string format_duration(Duration d) {
  const double us = static_cast<double>(d.count());
  if (us < 1e3) return fmt::format("{} us", d.count());
  if (us < 1e6) return fmt::format("{:.2f} ms", us / 1e3);
  if (us < 120e6) return fmt::format("{:.2f} s", us / 1e6);
  return fmt::format("{:.1f} min", us / 60e6);
}

}  // namespace sagactl
