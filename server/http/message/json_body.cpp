#include "server/http/message/json_body.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "common/text/text.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::http {
namespace {

constexpr std::size_t double_digits_max = 767;  // no double has more

// The digits of a number in JSON's form, without the zeros at either end.
std::string digits_of(std::string_view number) {
  std::string digits;
  for (const char c : number.substr(0, number.find_first_of("eE")))
    if (c >= '0' && c <= '9' && !(c == '0' && digits.empty())) digits += c;
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

// Whether `value`, written with as many digits as `number` has, is another number.
bool is_rounded(std::string_view number, double value) {
  const std::string digits = digits_of(number);
  if (digits.size() > double_digits_max) return true;
  const int places = digits.empty() ? 0 : static_cast<int>(digits.size()) - 1;
  return digits_of(fmt::format("{:.{}e}", value, places)) != digits;
}

// Builds the value during parsing, so that limits apply before anything large is created.
class LimitedJsonBuilder : public nlohmann::json_sax<Json> {
 public:
  LimitedJsonBuilder(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  Json take_root() { return std::move(root_); }
  Error take_error() { return std::move(error_); }

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t& number) override {
    if (!limits_.rounds_numbers && is_rounded(number, value))
      return refuse_here("has more digits than a number can hold: round it, or send it as a text");
    return put(value);
  }
  bool binary(binary_t&) override { return refuse("binary values are not JSON"); }
  bool string(string_t& value) override {
    if (value.find('\0') != value.npos) return refuse_here("must not contain a NUL character");
    return put(std::move(value));
  }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& object = open_.back()->get_ref<Json::object_t&>();
    if (name.find('\0') != name.npos) return refuse("a member's name must not contain a NUL character");
    if (object.size() >= limits_.members_max)
      return refuse("an object must not have more than " + std::to_string(limits_.members_max) + " members");
    for (const auto& [present, value] : object)
      if (present == name && !limits_.allows_repeats) return refuse("property " + path_to(name) + " is written twice");
    object.emplace_back(std::move(name), nullptr);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& why) override {
    constexpr int number_out_of_range = 406;  // nlohmann::json's exception id
    if (why.id == number_out_of_range) return refuse("a number is out of range at position " + at(position));
    if (!is_utf8(text_)) return refuse("the body is not UTF-8");
    if (position > text_.size() || text_.empty()) return refuse("Unexpected end of JSON input");
    return refuse("Unexpected token " + token(position) + " in JSON at position " + at(position));
  }

 private:
  // The library's positions count the bytes read; those in messages start at 0.
  static std::string at(std::size_t position) { return std::to_string(position == 0 ? 0 : position - 1); }

  std::string token(std::size_t position) const {
    const char c = text_[position == 0 ? 0 : position - 1];
    if (c > ' ' && c < 0x7F) return std::string(1, c);
    char hex[8];
    std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    return hex;
  }

  bool refuse(std::string message) {
    error_ = Error{ErrorCode::invalid, std::move(message)};
    return false;
  }
  bool refuse_here(std::string_view what) {
    std::string path = path_to({});
    if (path.empty()) path = "the body";
    error_ = validation_error({path + " " + std::string(what)});
    return false;
  }

  // "items.0.price": the parser's position. `name` is a member that is not in the value yet.
  std::string path_to(std::string_view name) const {
    std::string path;
    const auto append = [&](std::string_view part) {
      if (!path.empty()) path += '.';
      path += part;
    };
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const bool innermost = i + 1 == open_.size();
      if (open_[i]->is_array()) {
        append(std::to_string(innermost ? open_[i]->size() : open_[i]->size() - 1));
      } else if (innermost && !name.empty()) {
        append(name);
      } else {
        append(open_[i]->get_ref<const Json::object_t&>().back().first);
      }
    }
    return path;
  }

  template <class Value>
  bool put(Value&& value) {
    place(Json(std::forward<Value>(value)));
    return true;
  }
  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& container = *open_.back();
    if (container.is_array()) {
      container.push_back(std::move(value));
      return &container.back();
    }
    Json& member = container.get_ref<Json::object_t&>().back().second;
    member = std::move(value);
    return &member;
  }
  bool open(Json container) {
    if (open_.size() >= limits_.depth_max)
      return refuse("JSON must not be nested deeper than " + std::to_string(limits_.depth_max) + " levels");
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string_view text_;
  const JsonLimits limits_;
  Json root_;
  std::vector<Json*> open_;  // containers that have not ended, outermost first
  Error error_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  LimitedJsonBuilder builder(text, limits);
  if (!Json::sax_parse(text, &builder)) return builder.take_error();
  return builder.take_root();
}

Result<Json> parse_json_object(std::string_view body, const JsonLimits& limits) {
  if (body.empty()) return Json(Json::object());
  Result<Json> parsed = parse_json(body, limits);
  if (parsed && !parsed->is_object()) return Error{ErrorCode::invalid, "the body must be a JSON object"};
  return parsed;
}

}  // namespace sagactl::http
