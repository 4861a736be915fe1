// Serializes one JSON object, member by member, without a Json: for objects that are written thousands of times a
// second. Member names are constants and need no escaping.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace sagactl {

// `text` as a JSON string, quotes included, appended to `out`. What is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
// The same without the quotes, for a place between quotes.
std::string json_escaped(std::string_view text);

class JsonObject {
 public:
  JsonObject() { text_.reserve(256); }

  JsonObject& add(std::string_view name, std::string_view text) {
    begin(name);
    append_json_string(text_, text);
    return *this;
  }
  JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  JsonObject& add(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  template <std::integral Number>
  JsonObject& add(std::string_view name, Number number) {
    return raw(name, std::to_string(number));
  }
  // `json` is JSON text already.
  JsonObject& raw(std::string_view name, std::string_view json) {
    begin(name);
    text_ += json;
    return *this;
  }

  std::string take() {
    if (text_.empty()) text_ += '{';
    text_ += '}';
    return std::move(text_);
  }

 private:
  void begin(std::string_view name) {
    text_ += text_.empty() ? "{\"" : ",\"";
    text_ += name;
    text_ += "\":";
  }

  std::string text_;
};

}  // namespace sagactl
