// The queries of a profile: their text for a run, and their required columns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/foreign/foreign_rows.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

enum class ForeignTable : std::uint8_t { orders, steps, stock, payments };

bool has_query(const Profile& profile, ForeignTable table);
// "sql.steps", or "mongodb.steps" where the profile's queries are for MongoDB.
const char* query_name(const Profile& profile, ForeignTable table);
std::string no_query(const Profile& profile, ForeignTable table);  // "the profile has no query sql.steps"

// With {prefix} and {run} filled in.
ForeignQuery query_of(const Profile& profile, ForeignTable table, std::string_view run);

// The names of its columns. `invalid` when required ones are missing.
Result<std::vector<std::string>> columns_of(ForeignRows& rows, const Profile& profile, ForeignTable table);

// "created" -> "created_at"; "at" -> "at".
std::string time_column(std::string_view name);

// The value of column `state` or `kind`: in small letters, as enums of many languages are stored in capital ones.
std::string word_of(const ForeignRow& row, std::string_view column);

// What is missing or wrong in a row of the query of that name; nothing: it can be judged.
std::optional<Error> fault_of_row(ForeignTable table, const ForeignRow& row, const char* query);

// Looks at some rows of one of the profile's queries, of any run. `invalid` when there are rows and all of them are
// wrong. Database errors are ignored.
Result<void> check_values(ForeignRows& rows, const Profile& profile, ForeignTable table);

// Checks all of the profile's queries and some of their rows before any request is sent. `invalid` with what is wrong
// with each, on a line of its own.
Result<void> check_queries(ForeignRows& rows, const Profile& profile);

}  // namespace sagactl
