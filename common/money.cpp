#include "common/money.hpp"

#include <fmt/format.h>

#include <cmath>

namespace sagactl {

std::string Money::text() const {
  const auto size = cents < 0 ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  const fmt::format_int whole(size / 100);
  std::string out;
  if (cents < 0) out += '-';
  out.append(whole.data(), whole.size());
  out += '.';
  out += static_cast<char>('0' + size / 10 % 10);
  out += static_cast<char>('0' + size % 10);
  return out;
}

Json Money::number() const {
  if (cents % 100 == 0) return cents / 100;
  return static_cast<double>(cents) / 100.0;
}

std::string Money::number_text() const {
  if (cents % 100 == 0) return std::to_string(cents / 100);
  std::string digits = text();
  if (digits.back() == '0') digits.pop_back();
  return digits;
}

Result<Money> parse_money(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return Error{ErrorCode::invalid, fmt::format("'{}' is not an amount: {}", text, why)};
  };
  std::int64_t cents = 0;
  std::size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    cents = cents * 10 + (text[i] - '0');
    if (cents > Money::cents_max / 100) return bad("it is over 1000000000000");
  }
  if (i == 0) return bad("write it like 12 or 12.50");
  cents *= 100;
  if (i < text.size() && text[i] == '.') {
    std::int64_t unit = 10;
    const std::size_t places_from = ++i;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, unit /= 10) {
      if (i - places_from >= 2 && text[i] != '0') return bad("it has more than two decimal places");
      cents += (text[i] - '0') * unit;
    }
    if (i == places_from) return bad("write it like 12 or 12.50");
  }
  if (i != text.size()) return bad("write it like 12 or 12.50");
  if (cents > Money::cents_max) return bad("it is over 1000000000000");
  return Money{cents};
}

Result<Money> money_from_json(const Json& number) {
  if (number.is_number_unsigned() || number.is_number_integer()) {
    const std::int64_t whole = number.get<std::int64_t>();
    if (whole < 0) return Error{ErrorCode::invalid, "an amount must not be less than 0"};
    if (whole > Money::cents_max / 100 ||
        (number.is_number_unsigned() && number.get<std::uint64_t>() > 1'000'000'000'000))
      return Error{ErrorCode::invalid, "an amount must not be greater than 1000000000000"};
    return Money{whole * 100};
  }
  if (!number.is_number()) return Error{ErrorCode::invalid, "an amount must be a number"};
  const double value = number.get<double>();
  if (!std::isfinite(value) || value < 0) return Error{ErrorCode::invalid, "an amount must not be less than 0"};
  if (value > 1e12) return Error{ErrorCode::invalid, "an amount must not be greater than 1000000000000"};
  // A double distinguishes every amount up to 10^12 with two places from its neighbours: the number is that amount when
  // the nearest whole number of cents converts back to the same double.
  const std::int64_t cents = std::llround(value * 100.0);
  if (static_cast<double>(cents) / 100.0 != value)
    return Error{ErrorCode::invalid, "an amount must have at most 2 decimal places"};
  return Money{cents};
}

Result<Money> multiply(Money price, std::int64_t quantity) {
  std::int64_t cents = 0;
  if (quantity < 0 || __builtin_mul_overflow(price.cents, quantity, &cents) || cents > Money::cents_max)
    return Error{ErrorCode::invalid, "the total amount must not be greater than 1000000000000"};
  return Money{cents};
}

}  // namespace sagactl
