#include "cli/client/json_answer.hpp"

#include <fmt/format.h>

#include "analysis/readable.hpp"
#include "cli/output/display_text.hpp"
#include "common/money.hpp"

namespace sagactl {
namespace {

std::string printable_line(const Json& text) {
  return printable(on_one_line(text.get<std::string>()));
}

}  // namespace

const Json& json_member(const Json& object, std::string_view name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(std::string(name));
  return found == object.end() ? none : *found;
}

std::string text_member(const Json& object, std::string_view name) {
  const Json& value = json_member(object, name);
  if (value.is_string()) return printable_line(value);
  return value.is_number() || value.is_boolean() ? json_text(value) : std::string();
}

std::vector<std::string> texts_member(const Json& object, std::string_view name) {
  std::vector<std::string> texts;
  const Json& list = json_member(object, name);
  if (!list.is_array()) return texts;
  for (const Json& each : list)
    if (each.is_string()) texts.push_back(printable_line(each));
  return texts;
}

std::string shown_json(const Json& value) {
  return printable(json_text(value));
}

std::string page_text(const Json& answer, std::string_view singular) {
  const std::int64_t page = integer_member(answer, "page"), pages = integer_member(answer, "totalPages");
  const std::string all = count_of(static_cast<std::uint64_t>(integer_member(answer, "total")), singular);
  return page > pages && pages > 0
             ? fmt::format("there is no page {}: the last is page {}, {} in all", page, pages, all)
             : fmt::format("page {} of {}, {}", page, pages, all);
}

std::string money_member(const Json& object, std::string_view name) {
  const std::string text = text_member(object, name);
  const auto money = parse_money(text);
  return money ? money->text() : text;
}

std::int64_t integer_member(const Json& object, std::string_view name) {
  const Json& value = json_member(object, name);
  return value.is_number() ? value.get<std::int64_t>() : 0;
}

bool bool_member(const Json& object, std::string_view name) {
  const Json& value = json_member(object, name);
  return value.is_boolean() && value.get<bool>();
}

std::string or_default(std::string text, std::string_view default_text) {
  return text.empty() ? std::string(default_text) : text;
}

std::string items_text(const Json& object, std::string_view id) {
  std::string text;
  for (const Json& item : json_member(object, "items"))
    text += (text.empty() ? "" : ", ") + text_member(item, "quantity") + " x " + text_member(item, id);
  return text;
}

std::string time_between(const Json& from, const Json& to) {
  if (!from.is_string() || !to.is_string()) return "";
  const auto begin = parse_iso8601(from.get<std::string>());
  const auto end = parse_iso8601(to.get<std::string>());
  return begin && end ? format_duration(*end - *begin) : std::string();
}

}  // namespace sagactl
