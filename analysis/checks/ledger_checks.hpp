// What a client knows, held against the database: the checks that need a ledger. One factory per check, named
// as the check is. The index must outlive them, and have seen the same history.
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

// All of them. Their names, for where there is no database to hold the ledger against, are in
// verdict_names().
Checks ledger_checks(const LedgerIndex& index);

}  // namespace sagactl
