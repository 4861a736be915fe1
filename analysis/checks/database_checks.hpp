// The checks that need only the database. One factory per check, with the name of its verdict.
#pragma once

#include "analysis/check.hpp"

namespace sagactl {

std::unique_ptr<Check> one_live_order_per_key(const CheckOptions& options);
std::unique_ptr<Check> stock_balances();
std::unique_ptr<Check> money_balances();
std::unique_ptr<Check> never_negative();
std::unique_ptr<Check> one_capture_per_order();
std::unique_ptr<Check> no_charge_after_compensation();
std::unique_ptr<Check> all_sagas_end(const CheckOptions& options);
std::unique_ptr<Check> compensation_complete();
std::unique_ptr<Check> legal_transitions();
std::unique_ptr<Check> counts_agree();
std::unique_ptr<Check> event_stream_complete();
Checks lock_checks(const CheckOptions& options);  // fencing-increases and locks-do-not-overlap
std::unique_ptr<Check> published_once_or_more_applied_once(const CheckOptions& options);
std::unique_ptr<Check> every_node_known();
std::unique_ptr<Check> holds_orders();  // not-vacuous, without a client's ledger

}  // namespace sagactl
