// Exact amounts: whole cents, at most 10^12 (units, not cents).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

struct Money {
  std::int64_t cents = 0;

  static constexpr std::int64_t cents_max = 100'000'000'000'000;

  std::string text() const;         // "1000.00"
  Json number() const;              // 1000, 10.7: the shortest JSON number that is this amount
  std::string number_text() const;  // the same, as JSON text
  friend auto operator<=>(const Money&, const Money&) = default;
  friend Money operator+(Money a, Money b) { return {a.cents + b.cents}; }
  friend Money operator-(Money a, Money b) { return {a.cents - b.cents}; }
};

// Decimal digits with at most two places: "12", "0.5", "1000.00". Not negative.
Result<Money> parse_money(std::string_view text);

// A JSON number, as a client wrote it. Not negative, at most two places, at most 10^12.
Result<Money> money_from_json(const Json& number);

// price * quantity; an error over 10^12.
Result<Money> multiply(Money price, std::int64_t quantity);

}  // namespace sagactl
