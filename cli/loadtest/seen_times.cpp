#include "cli/loadtest/seen_times.hpp"
#include "common/text/number.hpp"

#include <cmath>

namespace sagactl {
namespace {

constexpr double us_per_second = 1e6, us_per_ms = 1e3;
// The year 2286 in seconds; in milliseconds the same number is in April 1970.
constexpr double seconds_max = 1e10, milliseconds_max = 1e13;

std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  return parse_number<double>(value.get_ref<const std::string&>());
}

}  // namespace

std::optional<Timestamp> seen_time(const Json& value) {
  const auto number = number_of(value);
  if (!number) {
    if (!value.is_string()) return std::nullopt;
    const auto time = parse_iso8601(value.get_ref<const std::string&>());
    return time ? std::optional(*time) : std::nullopt;
  }
  if (!(*number > 0) || *number >= 1e17) return std::nullopt;
  const double us = *number < seconds_max        ? *number * us_per_second
                    : *number < milliseconds_max ? *number * us_per_ms
                                                 : *number;
  return Timestamp{std::llround(us)};
}

std::optional<std::string> seen_text(const Json& answer, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  if (!answer.contains(place)) return std::nullopt;
  const Json& value = answer[place];
  if (value.is_null() || value.is_structured()) return std::nullopt;
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

}  // namespace sagactl
