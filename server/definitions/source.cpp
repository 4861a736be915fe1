#include "server/definitions/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/text/text.hpp"
#include "server/definitions/source_builder.hpp"

namespace sagactl {

SourceText::SourceText(std::string_view text) : text_(text), begins_{0} {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') begins_.push_back(i + 1);
}

Position SourceText::at_offset(std::size_t offset) const {
  const auto next = std::upper_bound(begins_.begin(), begins_.end(), std::min(offset, text_.size()));
  const auto line = static_cast<std::size_t>(next - begins_.begin()) - 1;
  return at_byte(line, std::min(offset, text_.size()) - begins_[line]);
}

std::string_view SourceText::rest_of_line(std::size_t line, std::size_t byte) const {
  if (line >= begins_.size() || begins_[line] + byte >= text_.size()) return {};
  const std::string_view rest = text_.substr(begins_[line] + byte);
  return rest.substr(0, rest.find('\n'));
}

Position SourceText::at_byte(std::size_t line, std::size_t byte) const {
  line = std::min(line, begins_.size() - 1);
  const std::string_view before = text_.substr(begins_[line], byte);
  return {line + 1, utf8_length(before) + 1};
}

void SourceBuilder::name(std::string name, Position at) {
  pending_ = {std::move(name), at, nullptr};
  has_name_ = true;
}

void SourceBuilder::scalar(Json scalar, Position at) {
  auto value = std::make_shared<SourceValue>();
  value->at = at;
  value->scalar = std::move(scalar);
  this->value(std::move(value), at);
}

void SourceBuilder::value(SourcePointer value, Position at) {
  values_ += value->size;
  if (values_ > source_values_max)
    throw SourceUnreadable{at, fmt::format("the text has more than {} values", source_values_max)};
  if (open_.size() + value->depth > source_depth_max)
    throw SourceUnreadable{at, fmt::format("values are nested deeper than {}", source_depth_max)};
  put(std::move(value));
}

SourcePointer SourceBuilder::begin(SourceKind kind, Position at) {
  auto value = std::make_shared<SourceValue>();
  value->kind = kind;
  value->at = at;
  this->value(value, at);
  open_.push_back(value);
  lines_.emplace_back();
  return value;
}

void SourceBuilder::end() {
  const SourcePointer ended = open_.back();
  open_.pop_back();
  lines_.pop_back();
  const auto count = [&](const SourceValue& part) {
    ended->size += part.size;
    ended->depth = std::max(ended->depth, part.depth + 1);
  };
  for (const SourceMember& member : ended->members) count(*member.value);
  for (const SourcePointer& item : ended->items) count(*item);
}

bool SourceBuilder::is_open(const SourcePointer& value) const {
  return std::find(open_.begin(), open_.end(), value) != open_.end();
}

void SourceBuilder::put(SourcePointer value) {
  if (open_.empty()) {
    root_ = std::move(value);
    return;
  }
  SourceValue& parent = *open_.back();
  if (parent.kind == SourceKind::list) {
    parent.items.push_back(std::move(value));
    return;
  }
  has_name_ = false;
  // A parser of YAML finds that nothing stands here only where the next thing stands.
  if (value->kind == SourceKind::scalar && value->scalar.is_null()) value->at = pending_.at;
  pending_.value = std::move(value);
  const auto [first, is_new] = lines_.back().try_emplace(pending_.name, pending_.at.line);
  if (is_new)
    parent.members.push_back(std::move(pending_));
  else
    problems_.push_back({Severity::mistake,
                         pending_.at,
                         {},
                         fmt::format("`{}` stands here twice", pending_.name),
                         fmt::format("the first is in line {}", first->second)});
}

bool read_source_number(std::string_view text, Json& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  if (text.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t whole = 0;
    std::uint64_t large = 0;
    if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc() && read.ptr == end) {
      if (whole < 0)
        out = whole;
      else
        out = static_cast<std::uint64_t>(whole);
      return true;
    }
    const auto read = std::from_chars(text.data(), end, large);
    if (read.ec != std::errc() || read.ptr != end) return false;
    out = large;
    return true;
  }
  double number = 0;
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return false;
  out = number;
  return true;
}

Json json_of(const SourceValue& value) {
  if (value.kind == SourceKind::scalar) return value.scalar;
  if (value.kind == SourceKind::list) {
    Json list = Json::array();
    for (const SourcePointer& item : value.items) list.push_back(json_of(*item));
    return list;
  }
  Json object = Json::object();
  for (const SourceMember& member : value.members) object[member.name] = json_of(*member.value);
  return object;
}

std::string_view kind_text(const SourceValue& value) {
  if (value.kind == SourceKind::list) return "a list";
  if (value.kind == SourceKind::object) return "an object";
  if (value.scalar.is_string()) return "a text";
  if (value.scalar.is_boolean()) return "a truth value";
  return value.scalar.is_null() ? "nothing" : "a number";
}

SourcePointer read_source(std::string_view text, std::string_view name_of_file, std::vector<Problem>& problems) {
  const auto wrong = [&](Position at, std::string message, std::string hint = {}) {
    problems.push_back({Severity::mistake, at, {}, std::move(message), std::move(hint)});
    return nullptr;
  };
  if (text.size() > definition_bytes_max)
    return wrong({},
                 fmt::format("the text has {} bytes; a definition has at most {}", text.size(), definition_bytes_max));
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
    std::size_t good = std::min(text.find('\0'), text.size());
    while (good > 0 && !is_utf8(text.substr(0, good))) --good;
    return wrong(SourceText(text).at_offset(good), "the text is not UTF-8");
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto begin = text.find_first_not_of(" \t\r\n");
  const bool is_json = name_of_file.ends_with(".json") || (begin != std::string_view::npos && text[begin] == '{');
  SourcePointer root;
  try {
    root = is_json ? read_json_source(text, problems) : read_yaml(text, problems);
  } catch (const SourceUnreadable& unreadable) {
    return wrong(unreadable.at, unreadable.message, unreadable.hint);
  }
  if (!root) return wrong({}, "the text is empty", "a definition has at least the members `saga` and `steps`");
  return root;
}

}  // namespace sagactl
