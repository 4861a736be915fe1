// What numbers in the tables mean, for the views and for people's SQL: the spellings of the enums and the steps of the
// saga definitions of this program.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "server/adapters/sql/interned_names.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::sql {

// Calls `visit` for every row of the table `spelling`.
void each_spelling(const std::function<void(std::string_view kind, std::int64_t number, std::string_view name)>& visit);

// Calls `visit` for every row of the table `step` that this program knows: of the definitions that are built in, and of
// inline ones. Adds missing definitions by `names`.
void each_step(
    InternedNames& names,
    const std::function<void(std::int64_t definition, std::int64_t position, const StepDefinition& step)>& visit);

// The position in the table `step` at which the steps of that definition begin. Not 0 for inline definitions alone: all
// those of one name share its rows, and begin where their first steps are.
std::int64_t first_step_of(const SagaDefinition& definition);

}  // namespace sagactl::sql
