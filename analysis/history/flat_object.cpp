#include "analysis/history/flat_object.hpp"

#include <algorithm>
#include <charconv>

namespace sagactl {
namespace {

// Goes over the tokens of a JSON text. After something that is not JSON, nothing is left.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) { skip_space(); }

  bool at_end() const { return rest_.empty(); }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    skip_space();
    return true;
  }

  // With its quotes and escapes; empty: there is no string here.
  std::string_view take_string() {
    if (rest_.empty() || rest_.front() != '"') return {};
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (static_cast<unsigned char>(c) < 0x20) break;
      if (c == '\\') ++i;
      if (c == '"') return take_first(i + 1);
    }
    return {};
  }

  // Any value; empty: there is none here.
  std::string_view take_value() {
    if (rest_.empty()) return {};
    switch (rest_.front()) {
      case '"':
        return take_string();
      case '{':
      case '[':
        return take_nested();
      default:
        return take_plain();
    }
  }

 private:
  std::string_view take_first(std::size_t size) {
    const std::string_view first = rest_.substr(0, size);
    rest_.remove_prefix(size);
    skip_space();
    return first;
  }

  std::string_view take_nested() {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quoted) {
        if (c == '\\') ++i;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return take_first(i + 1);
      }
    }
    return {};
  }

  // A number, or one of the words that JSON has.
  std::string_view take_plain() {
    for (const std::string_view word : {"null", "true", "false"})
      if (rest_.starts_with(word)) return take_first(word.size());
    const std::size_t size = std::min(rest_.find_first_not_of("+-.0123456789Ee"), rest_.size());
    return take_first(size);
  }

  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\t' ||
                              rest_.front() == '\r'))
      rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

// Gives each member to `visit` until that returns false. False: the text is not an object.
template <class Visit>
bool each_member(std::string_view text, const Visit& visit) {
  Scanner scanner(text);
  if (!scanner.take('{')) return false;
  if (scanner.take('}')) return scanner.at_end();
  do {
    const std::string_view name = scanner.take_string();
    if (name.empty() || !scanner.take(':')) return false;
    const std::string_view value = scanner.take_value();
    if (value.empty()) return false;
    if (!visit(name.substr(1, name.size() - 2), value)) return true;
  } while (scanner.take(','));
  return scanner.take('}') && scanner.at_end();
}

bool is_number(std::string_view value) {
  return !value.empty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
}

}  // namespace

std::optional<FlatObject> FlatObject::read(std::string_view text) {
  if (!each_member(text, [](std::string_view, std::string_view) { return true; })) return std::nullopt;
  return FlatObject(text);
}

std::string_view FlatObject::find(std::string_view member) const {
  std::string_view found;
  each_member(text_, [&](std::string_view name, std::string_view value) {
    if (name == member) found = value;
    return found.empty();
  });
  return found;
}

std::optional<std::string> FlatObject::text(std::string_view member) const {
  const std::string_view value = find(member);
  if (value.empty() || value.front() != '"') return std::nullopt;
  if (value.find('\\') == value.npos) return std::string(value.substr(1, value.size() - 2));
  const Json unescaped = read_json(value);
  if (!unescaped.is_string()) return std::nullopt;
  return unescaped.get<std::string>();
}

std::optional<std::int64_t> FlatObject::whole(std::string_view member) const {
  const std::string_view value = find(member);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<Json> FlatObject::number(std::string_view member) const {
  const std::string_view value = find(member);
  if (!is_number(value)) return std::nullopt;
  Json number = read_json(value);
  if (!number.is_number()) return std::nullopt;
  return number;
}

}  // namespace sagactl
