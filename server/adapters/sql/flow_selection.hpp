// The conditions of a listing of orders or sagas, in SQL that both databases understand but for a few words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/adapters/sql/interned_names.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::sql {

// The words that differ.
struct FlowDialect {
  std::string_view user;           // the column of a flow's user
  std::string_view text_position;  // the function that returns where a text is found in another, or 0
  std::string_view step_status;    // of the step in place of "{}", as an integer
  std::string_view step_is_open;   // the condition that the step named "{}" is in progress
  // That one of the digests in place of "{0}" is claimed by the flow, or is of its input; and what a digest in
  // hexadecimal digits begins with.
  std::string_view claims, has_input, digest_prefix;
  std::string_view step_has_failed;                    // as step_is_open, for SagaFilter::failed_step
  std::string_view error_like;                         // the condition that the error is like the value
  std::string (*like_pattern)(std::string_view text);  // that value, of a pattern with * for any text
};

// The index that finds the flows. PostgreSQL chooses by itself; SQLite gets a hint.
enum class FlowIndex : std::uint8_t { none, open, user, customer, order_closed, saga_undone, definition, id };

struct FlowCondition {
  std::string text;  // "{}" stands for the value
  std::optional<std::variant<std::int64_t, std::string, Uuid>> value = {};
};

// Of a table with the alias f. Conditions of partial indexes are repeated literally, so that these can be used.
struct FlowSelection {
  std::vector<FlowCondition> conditions;
  FlowIndex index = FlowIndex::none;
};

FlowSelection select_orders(const OrderFilter& filter, InternedNames& names, const FlowDialect& dialect);
FlowSelection select_sagas(const SagaFilter& filter, InternedNames& names, const FlowDialect& dialect);

// Whether the counters know how many match; and how many that is.
bool has_counted_total(const OrderFilter& filter);
bool has_counted_total(const SagaFilter& filter);
std::int64_t counted_total(const OrderFilter& filter, const Counts& counts);
std::int64_t counted_total(const SagaFilter& filter, const Counts& counts);

// Events of a user with more flows than this are found sooner among the newest events of all users.
inline constexpr std::int64_t few_flows = 1'000;

}  // namespace sagactl::sql
