// Validates the members of a JSON object and reports all faults at once, with the messages of class-validator, which
// the reference system uses:
//
//   ObjectReader body(json);
//   Input input;
//   input.email = body.text("email", {.email = true});
//   body.objects("items", {.min = 1}, [&](ObjectReader& item) { ... item.integer("quantity", {.min = 1}) ... });
//   input.note = body.optional_text("note");
//   if (auto valid = body.finish(); !valid) return valid.error();
//
// A reader returns a neutral value (empty, 0) for a member that is not valid; finish() then fails.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/money.hpp"
#include "common/result.hpp"

namespace sagactl::http {

struct TextRule {
  std::size_t min = 0;  // characters (code points)
  std::size_t max = std::numeric_limits<std::size_t>::max();
  bool not_empty = false;  // "name should not be empty"
  bool email = false;
};

struct IntegerRule {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

struct ArrayRule {
  std::size_t min = 0;
  std::size_t max = 1000;
};

class ObjectReader {
 public:
  // `json` and the names given to the readers outlive this. With a value that is not an object finish() fails.
  explicit ObjectReader(const Json& json);

  // Present and not null. Either way it is a member that may be there.
  bool has(std::string_view name);

  std::string text(std::string_view name, const TextRule& rule = {});
  std::optional<std::string> optional_text(std::string_view name, const TextRule& rule = {});
  std::int64_t integer(std::string_view name, const IntegerRule& rule = {});
  std::optional<std::int64_t> optional_integer(std::string_view name, const IntegerRule& rule = {});
  // Not below zero, at most two decimals, at most 10^12.
  Money money(std::string_view name);
  std::optional<Money> optional_money(std::string_view name);
  bool optional_boolean(std::string_view name, bool fallback);
  Uuid uuid(std::string_view name);
  std::string one_of(std::string_view name, std::span<const std::string_view> choices);
  std::optional<std::string> optional_one_of(std::string_view name, std::span<const std::string_view> choices);
  // A member of any type; null when absent.
  const Json& any(std::string_view name);

  // Calls `each` for every element of an array of objects. Faults in one are reported as "items.0.price ...". Unknown
  // members of the elements are refused too.
  void objects(std::string_view name, const ArrayRule& rule, const std::function<void(ObjectReader& element)>& each);
  std::vector<std::string> texts(std::string_view name, const ArrayRule& rule = {}, const TextRule& each = {});

  // Adds a fault, such as "quantity must be even". It is reported with the path of this object before it.
  void fault(std::string message);

  // All faults: unknown members first, then the others in the order of the readers. The error is `invalid` and has the
  // list as the member "message".
  Result<void> finish();

 private:
  const Json* find(std::string_view name);
  const Json* array(std::string_view name, const ArrayRule& rule);
  std::vector<std::string> take_faults();

  const Json& json_;
  std::vector<std::string_view> known_;
  std::vector<std::string> faults_;
};

// The error that finish() returns, for faults that are found elsewhere (query parameters).
Error validation_error(std::vector<std::string> messages);

}  // namespace sagactl::http
