// The lists within a flow's row, as JSON texts. sql/postgres/0001_tables.sql says what each consists of; the views read
// them as well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/adapters/sql/interned_names.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::sql {

// A user's saga, which fills columns that those that are built in leave empty.
inline bool is_users(const Saga& saga) {
  return saga.own_definition || !saga.input.empty();
}

// Each writes into `text`, whose memory is used again. Those that are empty lists, and errors of which there are none,
// give an empty text; only the steps are always a list.
void write_steps(const Saga& saga, InternedNames& names, std::string& text);
void write_step_errors(const Saga& saga, std::string& text);
void write_kept(const Saga& saga, std::string& text);  // of a user's saga
void write_retries(const Saga& saga, std::string& text);
// Without `user`, or when a payment is another user's, the payment names its user itself. `user` is the order's.
void write_payments(const std::vector<Payment>& payments, const UserId* user, InternedNames& names, std::string& text);
void write_payment_facts(const std::vector<Payment>& payments, std::string& text);
void write_barriers(const std::vector<Barrier>& barriers, std::string& text);

// Each reads what the function above wrote. They throw a `bug` for anything else.
// Of the saga the times are there already, and wake_at.
void read_steps(std::string_view text, Saga& saga, InternedNames& names);
void read_step_errors(std::string_view text, Saga& saga);
void read_kept(std::string_view text, Saga& saga);
void read_retries(std::string_view text, Saga& saga);
std::vector<Payment> read_payments(std::string_view text, const Order& order, InternedNames& names);
// Of payments that are there already; facts of others are left out.
void read_payment_facts(std::string_view text, std::vector<Payment>& payments);
std::vector<Barrier> read_barriers(std::string_view text);

}  // namespace sagactl::sql
