// Iterates over the members of a JSON object, or the elements of an array, in place and without allocating.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sagactl {

// `name` and `value` are raw text: strings without their quotes, with their escapes; nested values are not looked into.
struct JsonMember {
  std::string_view name;  // of an element its number
  std::string_view value;
  bool is_string = false;
};

// Of a text that is cut off or wrong somewhere, it returns the members before that place.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);  // a byte order mark
    skip_space();
    is_array_ = !rest_.empty() && rest_.front() == '[';
    good_ = take(is_array_ ? '[' : '{');
  }

  std::optional<JsonMember> next() {
    skip_space();
    if (!good_) return std::nullopt;
    if (count_ > 0 ? !take(',') : is_at_end()) {
      ends_ = take(is_array_ ? ']' : '}');
      return std::nullopt;
    }
    skip_space();
    JsonMember member;
    member.name = is_array_ ? number() : string();
    ++count_;
    skip_space();
    good_ = good_ && (is_array_ || take(':'));
    skip_space();
    if (!good_ || rest_.empty() || rest_.front() == ']') return std::nullopt;
    member.is_string = rest_.front() == '"';
    member.value = member.is_string ? string() : other();
    if (!good_) return std::nullopt;
    return member;
  }

  bool is_array() const { return is_array_; }
  // After the last member: whether the object or array ended where the text does.
  bool is_complete() {
    skip_space();
    return good_ && ends_ && rest_.empty();
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  bool is_at_end() const { return !rest_.empty() && rest_.front() == (is_array_ ? ']' : '}'); }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view number() {
    const auto end = std::to_chars(digits_, digits_ + sizeof digits_, count_).ptr;
    return {digits_, static_cast<std::size_t>(end - digits_)};
  }
  // The beginning of the rest, up to there.
  std::string_view take_until(std::size_t end) {
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return text;
  }
  std::string_view string() {
    good_ = good_ && take('"');
    const std::size_t end = good_ ? end_of_string(0) : std::string_view::npos;
    if (end == std::string_view::npos) {
      good_ = false;
      return {};
    }
    const std::string_view text = take_until(end);
    rest_.remove_prefix(1);
    return text;
  }
  // Where the quote is that ends the string whose first character is at `from`; npos: it is missing. Strings rarely
  // have escapes, and searching for single characters is fast.
  std::size_t end_of_string(std::size_t from) const {
    std::size_t quote = rest_.find('"', from);
    while (quote != std::string_view::npos) {
      const std::size_t escape = rest_.substr(0, quote).find('\\', from);
      if (escape == std::string_view::npos) return quote;
      from = escape + 2;
      if (from > quote) quote = rest_.find('"', from);
    }
    return quote;
  }
  // A number, a literal, or a complete object or array.
  std::string_view other() {
    std::size_t at = 0;
    for (int depth = 0; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (c == '"') {
        at = std::min(end_of_string(at + 1), rest_.size() - 1);
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']') {
        if (depth == 0) break;
        if (--depth > 0) continue;
        ++at;
        break;
      } else if (depth == 0 && (c == ',' || is_space(c))) {
        break;
      }
    }
    if (at == rest_.size()) good_ = false;  // the end of the outer object or array is missing
    return take_until(at);
  }

  std::string_view rest_;
  char digits_[20] = {};
  std::size_t count_ = 0;
  bool is_array_ = false;
  bool good_ = false;
  bool ends_ = false;
};

}  // namespace sagactl
