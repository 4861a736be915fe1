// The queries of a profile: their text for a run, and the columns that they must have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/foreign_rows.hpp"
#include "loadgen/profile.hpp"

namespace sagactl {

enum class ForeignTable : std::uint8_t { orders, steps, stock, payments };

bool has_query(const Profile& profile, ForeignTable table);
std::string no_query(ForeignTable table);  // "the profile has no query sql.steps"

// With {prefix} and {run} filled in.
ForeignQuery query_of(const Profile& profile, ForeignTable table, std::string_view run);

// The names of its columns. `invalid` when one is missing that it must have.
Result<std::vector<std::string>> columns_of(ForeignRows& rows, const Profile& profile, ForeignTable table);

// All of the profile's queries, before anything is sent that they are to judge.
Result<void> check_queries(ForeignRows& rows, const Profile& profile);

}  // namespace sagactl
