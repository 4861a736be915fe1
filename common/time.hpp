// Points in time and durations, both in microseconds: the precision of the databases.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

using Duration = std::chrono::microseconds;
using namespace std::chrono_literals;

struct Timestamp {
  std::int64_t us = 0;  // microseconds since 1970-01-01T00:00:00Z

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
  friend Timestamp operator+(Timestamp t, Duration d) { return {t.us + d.count()}; }
  friend Timestamp operator-(Timestamp t, Duration d) { return {t.us - d.count()}; }
  friend Duration operator-(Timestamp a, Timestamp b) { return Duration{a.us - b.us}; }
};

// The wall clock. Only adapters of the Clock port, id.cpp and the load generator may read it.
Timestamp wall_clock_now();

std::string iso8601_ms(Timestamp t);  // 2026-11-20T13:04:07.137Z, as the HTTP API formats times
std::string iso8601_us(Timestamp t);  // 2026-11-20T13:04:07.137042Z
Result<Timestamp> parse_iso8601(std::string_view text);

Result<Duration> parse_duration(std::string_view text);  // "500ms", "10s", "2m", "1h", "250us", "0"
std::string format_duration(Duration d);                 // "1.24 ms", "3.50 s", "1.5 h": for people

}  // namespace sagactl
