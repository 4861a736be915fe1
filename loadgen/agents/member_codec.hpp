// Values as JSON and back, for messages between processes of the same version. The members of a struct are listed once,
// in a function `members(codec, value)`, for both directions. Strings may have any bytes: the messages are CBOR.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/money.hpp"
#include "common/text/json.hpp"
#include "common/time.hpp"

namespace sagactl {

// The value, or a constant one: writing takes constant values.
template <class T, class Struct>
concept Of = std::same_as<std::remove_const_t<T>, Struct>;

// The last value of an enum that is sent; specialized for each.
template <class Enum>
constexpr Enum last_value_of();

// The writing direction.
class MemberWriter {
 public:
  template <class T>
  void operator()(const char* name, const T& value) {
    json_[name] = written(value);
  }
  Json take() { return std::move(json_); }

  template <class T>
  static Json written(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      return static_cast<int>(value);
    } else if constexpr (std::is_arithmetic_v<T> || std::same_as<T, std::string>) {
      return value;
    } else if constexpr (std::same_as<T, Duration>) {
      return value.count();
    } else {
      return written_of(value);
    }
  }

 private:
  template <class T>
  static Json written_of(const std::vector<T>& list) {
    Json json = Json::array();
    for (const T& it : list) json.push_back(written(it));
    return json;
  }
  template <class T>
  static Json written_of(const std::optional<T>& value) {
    return value ? written(*value) : Json(nullptr);
  }
  template <class First, class Second>
  static Json written_of(const std::pair<First, Second>& pair) {
    return Json::array({written(pair.first), written(pair.second)});
  }
  template <class Struct>
  static Json written_of(const Struct& value) {
    MemberWriter writer;
    members(writer, value);
    return writer.take();
  }

  Json json_ = Json::object();
};

// The reading direction. Throws std::exception for JSON that is no such value.
class MemberReader {
 public:
  explicit MemberReader(const Json& json) : json_(json) {}

  template <class T>
  void operator()(const char* name, T& value) {
    read(json_.at(name), value);
  }

  template <class T>
  static void read(const Json& json, T& value) {
    if constexpr (std::is_enum_v<T>) {
      const auto number = json.get<int>();
      if (number < 0 || number > static_cast<int>(last_value_of<T>())) throw std::out_of_range("an unknown word");
      value = static_cast<T>(number);
    } else if constexpr (std::same_as<T, Duration>) {
      value = Duration{json.get<std::int64_t>()};
    } else if constexpr (std::integral<T> && !std::same_as<T, bool>) {
      if (!json.is_number_integer()) throw std::out_of_range("not a whole number");
      value = json.get<T>();
      if (json != Json(value)) throw std::out_of_range("a number that is too large");
    } else if constexpr (std::is_arithmetic_v<T> || std::same_as<T, std::string>) {
      value = json.get<T>();
    } else {
      read_into(json, value);
    }
  }

 private:
  template <class T>
  static void read_into(const Json& json, std::vector<T>& list) {
    if (!json.is_array()) throw std::invalid_argument("not a list");
    list.clear();
    list.reserve(json.size());
    for (const Json& it : json) {
      T value{};
      read(it, value);
      list.push_back(std::move(value));
    }
  }
  template <class T>
  static void read_into(const Json& json, std::optional<T>& value) {
    value.reset();
    if (json.is_null()) return;
    T known{};
    read(json, known);
    value = std::move(known);
  }
  template <class First, class Second>
  static void read_into(const Json& json, std::pair<First, Second>& pair) {
    read(json.at(0), pair.first);
    read(json.at(1), pair.second);
  }
  template <class Struct>
  static void read_into(const Json& json, Struct& value) {
    MemberReader reader(json);
    members(reader, value);
  }

  const Json& json_;
};

template <class Codec, Of<Money> T>
void members(Codec& codec, T& it) {
  codec("cents", it.cents);
}

template <class Codec, Of<Timestamp> T>
void members(Codec& codec, T& it) {
  codec("us", it.us);
}

}  // namespace sagactl
