// The queries of a profile: their text for a run, and the columns that they must have.
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
std::string no_query(ForeignTable table);  // "the profile has no query sql.steps"

// With {prefix} and {run} filled in.
ForeignQuery query_of(const Profile& profile, ForeignTable table, std::string_view run);

// The names of its columns. `invalid` when one is missing that it must have.
Result<std::vector<std::string>> columns_of(ForeignRows& rows, const Profile& profile, ForeignTable table);

// "created_at" of "created"; the time of something that has no other is "at".
std::string time_column(std::string_view name);

// What a row lacks or has wrong that its query must give; nothing: it can be judged.
std::optional<Error> fault_of_row(ForeignTable table, const ForeignRow& row);

// Looks at some rows of one of the profile's queries, whatever run they are of. `invalid` when there are any and every
// one of them is wrong. What the database says against other people's rows is no matter.
Result<void> check_values(ForeignRows& rows, const Profile& profile, ForeignTable table);

// All of the profile's queries, before anything is sent that they are to judge.
Result<void> check_queries(ForeignRows& rows, const Profile& profile);

}  // namespace sagactl
