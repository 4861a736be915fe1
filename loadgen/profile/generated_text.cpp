#include "loadgen/profile/generated_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "common/text/number.hpp"
#include "common/text/text.hpp"
#include "loadgen/requests/escape.hpp"

namespace sagactl {
namespace {

constexpr std::size_t digits_max = 20;
constexpr std::size_t date_size = 10;
constexpr std::size_t iso_size = 24;

// "7d", "90s"
std::optional<Duration> shift_of(std::string_view text) {
  constexpr std::array<std::pair<char, Duration>, 4> units = {{{'s', 1s}, {'m', 60s}, {'h', 3600s}, {'d', 24 * 3600s}}};
  constexpr std::uint64_t count_max = 1'000'000;
  if (text.empty()) return std::nullopt;
  const auto count = parse_number<std::uint64_t>(text.substr(0, text.size() - 1));
  const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& it) { return it.first == text.back(); });
  if (!count || *count > count_max || unit == units.end()) return std::nullopt;
  return unit->second * static_cast<std::int64_t>(*count);
}

Error wrong_random(std::string_view argument) {
  return {
      ErrorCode::invalid,
      fmt::format("'{{random:{}}}': write {{random:1-100}} for a number, {{random:red|green}} for one of some words, "
                  "{{random:hex16}} or {{random:letters8}} (up to {})",
                  argument, random_length_max)};
}

}  // namespace

Result<ClockText> parse_clock_text(std::string_view argument) {
  constexpr std::array<std::pair<std::string_view, ClockText::Form>, 4> forms = {
      {{"iso", ClockText::Form::iso},
       {"date", ClockText::Form::date},
       {"unix", ClockText::Form::unix_seconds},
       {"ms", ClockText::Form::unix_ms}}};
  const std::size_t sign = argument.find_first_of("+-");
  const std::string_view word = argument.substr(0, sign);
  const auto form = std::find_if(forms.begin(), forms.end(), [&](const auto& it) { return it.first == word; });
  const auto shift = sign == std::string_view::npos ? Duration{0} : shift_of(argument.substr(sign + 1));
  if (form == forms.end() || !shift)
    return Error{
        ErrorCode::invalid,
        fmt::format("'{{now:{}}}': write {{now:iso}}, {{now:date}}, {{now:unix}} or {{now:ms}}, if wanted with a "
                    "shift such as +7d, -90s, +15m or +2h",
                    argument)};
  const bool back = sign != std::string_view::npos && argument[sign] == '-';
  return ClockText{form->second, back ? -*shift : *shift};
}

Result<RandomText> parse_random_text(std::string_view argument) {
  RandomText text;
  for (const auto& [word, form] : {std::pair<std::string_view, RandomText::Form>{"hex", RandomText::Form::hex},
                                   {"letters", RandomText::Form::letters}}) {
    if (!argument.starts_with(word)) continue;
    const auto length = parse_number<std::uint64_t>(argument.substr(word.size()));
    if (!length) continue;
    if (*length == 0 || *length > random_length_max) return wrong_random(argument);
    text.form = form;
    text.length = *length;
    return text;
  }
  if (argument.find('|') != std::string_view::npos) {
    text.form = RandomText::Form::word;
    text.words = split(argument, '|');
    return text;
  }
  const std::size_t dash = argument.find('-');
  const auto first = parse_number<std::uint64_t>(argument.substr(0, dash));
  const auto last =
      dash == std::string_view::npos ? std::nullopt : parse_number<std::uint64_t>(argument.substr(dash + 1));
  if (!first || !last || *first > *last) return wrong_random(argument);
  text.first = *first;
  text.last = *last;
  return text;
}

std::size_t size_max(const ClockText&) {
  return std::max(digits_max, iso_size);
}

std::size_t size_max(const RandomText& text) {
  std::size_t longest = std::max(digits_max, text.length);
  for (const std::string& word : text.words) longest = std::max(longest, word.size());
  return longest;
}

char* put(char* out, const ClockText& text, Timestamp now) {
  const Timestamp time = now + text.shift;
  switch (text.form) {
    case ClockText::Form::iso:
      return put_text(out, iso8601_ms(time));
    case ClockText::Form::date:
      return put_text(out, std::string_view(iso8601_ms(time)).substr(0, date_size));
    case ClockText::Form::unix_seconds:
      return std::to_chars(out, out + digits_max, time.us / 1'000'000).ptr;
    case ClockText::Form::unix_ms:
      return std::to_chars(out, out + digits_max, time.us / 1000).ptr;
  }
  return out;
}

char* put(char* out, const RandomText& text, Random& random) {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  const std::string_view alphabet = text.form == RandomText::Form::hex ? hex : letters;
  switch (text.form) {
    case RandomText::Form::number: {
      const std::uint64_t span = text.last - text.first;
      const std::uint64_t number = text.first + (span == UINT64_MAX ? random.next() : random.below(span + 1));
      return std::to_chars(out, out + digits_max, number).ptr;
    }
    case RandomText::Form::word:
      return put_text(out, text.words[random.below(text.words.size())]);
    case RandomText::Form::hex:
    case RandomText::Form::letters:
      for (std::size_t i = 0; i < text.length; ++i) *out++ = alphabet[random.below(alphabet.size())];
      return out;
  }
  return out;
}

}  // namespace sagactl
