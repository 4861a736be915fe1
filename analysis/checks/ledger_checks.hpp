// The checks that compare a client's ledger with the database. One factory per check, with the name of its verdict. The
// index must outlive them and have read the same history.
#pragma once

#include "analysis/check.hpp"
#include "analysis/checks/ledger_index.hpp"

namespace sagactl {

std::unique_ptr<Check> one_order_per_duplicate_group(const LedgerIndex& index);
std::unique_ptr<Check> no_lost_order(const LedgerIndex& index);
std::unique_ptr<Check> no_phantom_order(const LedgerIndex& index);
std::unique_ptr<Check> indeterminate_resolved(const LedgerIndex& index);
std::unique_ptr<Check> answer_matches_database(const LedgerIndex& index);
std::unique_ptr<Check> not_vacuous(const LedgerIndex& index);

// All of them. verdict_names() has their names for runs without a database.
Checks ledger_checks(const LedgerIndex& index);

}  // namespace sagactl
