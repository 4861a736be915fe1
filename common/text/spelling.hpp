// One table per enum has the names of its values in databases, messages and JSON. The tables are contracts: never
// rename, reuse or renumber a value that has been released.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace sagactl {

// Specialise with `static constexpr std::string_view names[]`, in the order of the enumerators from 0.
template <class Enum>
struct Spelling;

template <class Enum>
requires requires {
  Spelling<Enum>::names;
}
constexpr std::string_view to_string(Enum value) {
  return Spelling<Enum>::names[static_cast<std::size_t>(value)];
}

template <class Enum>
constexpr std::optional<Enum> from_string(std::string_view text) {
  std::size_t index = 0;
  for (const std::string_view name : Spelling<Enum>::names) {
    if (name == text) return static_cast<Enum>(index);
    ++index;
  }
  return std::nullopt;
}

}  // namespace sagactl
