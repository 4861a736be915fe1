// Texts that a request generates: {now:...} and {random:...}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/random.hpp"
#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

// {now:iso} 2026-11-20T13:04:07.137Z, {now:date} 2026-11-20, {now:unix} seconds and {now:ms} milliseconds since 1970,
// all UTC. `+` or `-` and a duration shift it: {now:date+7d}.
struct ClockText {
  enum class Form : std::uint8_t { iso, date, unix_seconds, unix_ms };
  Form form = Form::iso;
  Duration shift{0};
  friend bool operator==(const ClockText&, const ClockText&) = default;
};
Result<ClockText> parse_clock_text(std::string_view argument);

// {random:1-100} a whole number, both ends included; {random:red|green|blue} one of the words; {random:hex16} and
// {random:letters8} that number of digits or small letters.
struct RandomText {
  enum class Form : std::uint8_t { number, word, hex, letters };
  Form form = Form::number;
  std::uint64_t first = 0, last = 0;  // number
  std::size_t length = 0;             // hex and letters; at most random_length_max
  std::vector<std::string> words;
  friend bool operator==(const RandomText&, const RandomText&) = default;
};
constexpr std::size_t random_length_max = 1024;
Result<RandomText> parse_random_text(std::string_view argument);

// The most that put() writes.
std::size_t size_max(const ClockText& text);
std::size_t size_max(const RandomText& text);
// Write to `out` and return the end. Nothing is allocated but for the times.
char* put(char* out, const ClockText& text, Timestamp now);
char* put(char* out, const RandomText& text, Random& random);

}  // namespace sagactl
