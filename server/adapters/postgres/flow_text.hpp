// The lists within a flow, as the JSON texts that its row holds. sql/postgres/0001_tables.sql says what each is
// made of; the views read them as well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/adapters/postgres/names.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::postgres {

std::string steps_text(const Saga& saga, Names& names);
std::string step_errors_text(const Saga& saga);  // empty: no step has one
std::string retries_text(const Saga& saga);      // empty: there were none
// Empty: there are none. `user` is the order's.
std::string payments_text(const std::vector<Payment>& payments, const UserId* user, Names& names);
std::string barriers_text(const std::vector<Barrier>& barriers);

// Each reads what the one above wrote, or nothing from an empty text. They throw a `bug` for anything else.
void read_steps(std::string_view text, Saga& saga, Names& names);
void read_step_errors(std::string_view text, Saga& saga);
void read_retries(std::string_view text, Saga& saga);
std::vector<Payment> read_payments(std::string_view text, const Order& order, Names& names);
std::vector<Barrier> read_barriers(std::string_view text);

}  // namespace sagactl::postgres
