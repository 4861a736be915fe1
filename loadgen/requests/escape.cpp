#include "loadgen/requests/escape.hpp"

#include <algorithm>

#include "common/text/hex.hpp"

namespace sagactl {
namespace {

constexpr std::size_t json_growth = 6;  // \u001f
constexpr std::size_t percent_growth = 3;
constexpr char percent_digits[] = "0123456789ABCDEF";

char* put_json(char* out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *out++ = '\\';
      *out++ = c;
    } else if (byte < ' ') {
      constexpr std::string_view begin = "\\u00";
      out = std::copy(begin.begin(), begin.end(), out);
      *out++ = percent_digits[byte >> 4];
      *out++ = percent_digits[byte & 15];
    } else {
      *out++ = c;
    }
  }
  return out;
}

char* put_percent_byte(char* out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  *out++ = '%';
  *out++ = percent_digits[byte >> 4];
  *out++ = percent_digits[byte & 15];
  return out;
}

// Square brackets may only surround an IPv6 address, which is in no path.
char* put_target(char* out, std::string_view text) {
  constexpr std::string_view never = "\"<>[]\\^`{|}";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_visible = c > ' ' && c < '\x7F';
    const bool is_allowed = c == '%' ? text.size() - i > 2 && hex_byte(text.substr(i + 1, 2)) >= 0
                                     : is_visible && never.find(c) == std::string_view::npos;
    if (is_allowed)
      *out++ = c;
    else
      out = put_percent_byte(out, c);
  }
  return out;
}

char* put_percent(char* out, std::string_view text, bool plus_for_space) {
  constexpr std::string_view marks = "-._~";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       marks.find(c) != std::string_view::npos;
    if (plain) {
      *out++ = c;
    } else if (c == ' ' && plus_for_space) {
      *out++ = '+';
    } else {
      out = put_percent_byte(out, c);
    }
  }
  return out;
}

char* put_header(char* out, std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= ' ' && c != '\x7F') *out++ = c;
  return out;
}

}  // namespace

std::size_t escaped_max(std::size_t size, Escape escape) {
  switch (escape) {
    case Escape::json:
      return size * json_growth;
    case Escape::path:
    case Escape::target:
    case Escape::form:
      return size * percent_growth;
    case Escape::none:
    case Escape::header:
      return size;
  }
  return size;
}

char* put_escaped(char* out, std::string_view text, Escape escape) {
  switch (escape) {
    case Escape::json:
      return put_json(out, text);
    case Escape::path:
      return put_percent(out, text, false);
    case Escape::target:
      return put_target(out, text);
    case Escape::form:
      return put_percent(out, text, true);
    case Escape::header:
      return put_header(out, text);
    case Escape::none:
      break;
  }
  return put_text(out, text);
}

}  // namespace sagactl
