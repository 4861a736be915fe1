// What the queries of a profile show of another system's database.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

class ForeignRow {
 public:
  ForeignRow(std::span<const std::string> names, std::span<const std::optional<std::string_view>> values)
      : names_(names), values_(values) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // "" where there is no such column, or null in it.
  std::string text(std::string_view name) const {
    const auto* value = find(name);
    return value && *value ? std::string(**value) : std::string();
  }
  // Whole, or nothing.
  std::optional<std::int64_t> integer(std::string_view name) const;
  Json json() const;  // all columns, as a witness shows them

 private:
  const std::optional<std::string_view>* find(std::string_view name) const {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (names_[i] == name) return &values_[i];
    return nullptr;
  }
  std::span<const std::string> names_;
  std::span<const std::optional<std::string_view>> values_;
};

// All queries see one and the same state. For one thread.
class ForeignRows {
 public:
  virtual ~ForeignRows() = default;
  // `visit` is called with each row; its error ends the walk and is the result's.
  virtual Result<void> each_row(const std::string& sql,
                                const std::function<Result<void>(const ForeignRow&)>& visit) = 0;
};

}  // namespace sagactl
