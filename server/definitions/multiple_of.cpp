#include "server/definitions/multiple_of.hpp"

#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>

#include "common/random.hpp"

namespace sagactl {
namespace {

// digits * 10^exponent; without a sign, which no multiple depends on.
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
};

Decimal decimal(double number) {
  char text[32];
  const char* const end =
      std::to_chars(text, std::end(text), std::abs(number), std::chars_format::scientific).ptr;  // 1.999e+01
  const std::string_view written(text, static_cast<std::size_t>(end - text));
  const auto e = written.find('e');
  Decimal result;
  std::from_chars(text + e + (text[e + 1] == '+' ? 2 : 1), end, result.exponent);
  for (const char c : written.substr(0, e))
    if (c != '.') result.digits = result.digits * 10 + static_cast<std::uint64_t>(c - '0');
  if (e > 1) result.exponent -= static_cast<int>(e) - 2;  // that many digits stand behind the point
  return result;
}

Decimal decimal(const Json& number) {
  if (number.is_number_float()) return decimal(number.get<double>());
  if (number.is_number_unsigned()) return {number.get<std::uint64_t>(), 0};
  const auto value = number.get<std::int64_t>();
  return {value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value), 0};
}

std::uint64_t product(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  return static_cast<std::uint64_t>(Uint128{a} * b % modulus);
}

std::uint64_t power_of_ten(int exponent, std::uint64_t modulus) {
  std::uint64_t power = 1 % modulus, square = 10 % modulus;
  for (; exponent > 0; exponent /= 2, square = product(square, square, modulus))
    if (exponent % 2 == 1) power = product(power, square, modulus);
  return power;
}

}  // namespace

bool is_multiple_of(const Json& value, const Json& of) {
  Decimal dividend = decimal(value);
  const Decimal divisor = decimal(of);
  if (dividend.digits == 0) return true;
  // The power of ten is moved to one side. On the divisor's it takes tens out of the dividend, as far as there are any.
  int tens = dividend.exponent - divisor.exponent;
  for (; tens < 0 && dividend.digits % 10 == 0; ++tens) dividend.digits /= 10;
  return tens >= 0 && product(dividend.digits, power_of_ten(tens, divisor.digits), divisor.digits) == 0;
}

}  // namespace sagactl
