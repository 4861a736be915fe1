// The rows that a profile's queries return from another system's database.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "common/id.hpp"
#include "common/result.hpp"
#include "common/text/json.hpp"
#include "common/time.hpp"
#include "loadgen/profile/mongo_query.hpp"

namespace sagactl {

class ForeignRow {
 public:
  ForeignRow(std::span<const std::string> names, std::span<const std::optional<std::string_view>> values)
      : names_(names), values_(values) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // "" for a missing column or null. Without the spaces that pad a char(n).
  std::string text(std::string_view name) const {
    const auto* value = find(name);
    return value && *value ? std::string(unpadded(**value)) : std::string();
  }
  // Nothing when the text is not an integer.
  std::optional<std::int64_t> integer(std::string_view name) const;
  // Of column `name`_us, microseconds since 1970, or `name`_at, ISO 8601 (UTC without a zone); or nothing.
  std::optional<Timestamp> time(std::string_view name) const;
  Json json() const;  // all columns, for a witness

 private:
  static std::string_view unpadded(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
  }
  const std::optional<std::string_view>* find(std::string_view name) const {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (names_[i] == name) return &values_[i];
    return nullptr;
  }
  std::span<const std::string> names_;
  std::span<const std::optional<std::string_view>> values_;
};

// How texts name the place that rows come from.
struct RowSource {
  const char* name = "the database";
  const char* where = "in the database";
  const char* orders = "sql.orders";  // its table of orders
  // False: the end of an order is when it was first seen, which may be long after it.
  bool ends_are_exact = true;
  // Why its orders cannot be traced to requests; null: it lacks the columns for it.
  const char* no_groups = nullptr;
};

// What a source could not show, though it may be there.
struct UnseenOrders {
  std::unordered_set<Uuid> orders;  // by order_ref: their status is not known, nor, without a row, whether they exist
  bool any = false;                 // orders without a row may exist, whichever they are
  bool is_final = false;            // asking again would show no more
  std::string why;                  // "GET /orders/17 returned HTTP 500"; "" when everything was seen
};

struct ForeignQuery {
  std::string name;  // in the profile: "sql.orders", "mongodb.orders"
  std::string sql;
  MongoQuery mongo = {};
  std::string table() const { return name.substr(name.find('.') + 1); }  // "orders"
};

// All queries see the same snapshot. For one thread. An error of the database is `invalid`, with the query's name.
class ForeignRows {
 public:
  virtual ~ForeignRows() = default;
  virtual RowSource source() const { return {}; }
  virtual UnseenOrders unseen() const { return {}; }
  // The column names of a query, without executing it.
  virtual Result<std::vector<std::string>> columns(const ForeignQuery& query) = 0;
  // Calls `visit` with each row; its error ends the loop and is returned.
  virtual Result<void> each_row(const ForeignQuery& query,
                                const std::function<Result<void>(const ForeignRow&)>& visit) = 0;
  // At most `most` rows, whichever come first.
  virtual Result<void> some_rows(const ForeignQuery& query, std::size_t most,
                                 const std::function<Result<void>(const ForeignRow&)>& visit) {
    std::size_t seen = 0;
    const Error enough{ErrorCode::invalid, "enough rows"};
    const auto read = each_row(query, [&](const ForeignRow& row) -> Result<void> {
      if (seen++ == most) return enough;
      return visit(row);
    });
    return seen > most ? Result<void>() : read;
  }
};

}  // namespace sagactl
