// Reads a result that may come from a file: missing members and those of another type read as empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/text/json.hpp"

namespace sagactl {

class JsonView {
 public:
  explicit JsonView(const Json& json) : json_(&json) {}

  JsonView operator[](std::string_view member) const {
    if (!json_->is_object()) return JsonView(nothing());
    const auto it = json_->find(std::string(member));
    return JsonView(it == json_->end() ? nothing() : *it);
  }

  bool empty() const { return json_->is_null() || (json_->is_structured() && json_->empty()); }
  std::optional<double> number() const {
    return json_->is_number() ? std::optional(json_->get<double>()) : std::nullopt;
  }
  std::uint64_t count() const {
    const auto value = number();
    return value && *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
  }
  std::string text() const { return json_->is_string() ? json_->get<std::string>() : std::string(); }
  bool is_true() const { return json_->is_boolean() && json_->get<bool>(); }

  // The elements of an array; empty for anything else.
  const Json& list() const { return json_->is_array() ? *json_ : no_elements(); }
  const Json& json() const { return *json_; }

 private:
  static const Json& nothing() {
    static const Json null;
    return null;
  }
  static const Json& no_elements() {
    static const Json array = Json::array();
    return array;
  }

  const Json* json_;
};

}  // namespace sagactl
