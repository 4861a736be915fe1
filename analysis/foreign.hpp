// The verdicts about a system that is not ours, from the queries of its profile and from the client's ledger.
#pragma once

#include <vector>

#include "analysis/examine.hpp"
#include "analysis/foreign_orders.hpp"

namespace sagactl {

// All verdicts; those that the profile shows nothing of are UNKNOWN, say so, and do not count. Errors are
// those of the queries.
Result<Examination> examine_foreign(ForeignRows& rows, const Profile& profile, const Ledger& ledger,
                                    Timestamp now);

// Where no database could be read, because of `why`: what the answers alone show.
std::vector<Verdict> foreign_verdicts_without_database(const Profile& profile, const Ledger& ledger,
                                                       std::string_view why);

// The checks, in pieces. Of the orders and the ledger:
Verdict foreign_one_order_per_group(const ForeignOrders* orders,
                                    const Ledger& ledger);  // null: by answers alone
Verdict foreign_no_lost_order(const ForeignOrders& orders);
Verdict foreign_no_phantom_order(const ForeignOrders& orders);
Verdict foreign_indeterminate_resolved(const ForeignOrders& orders);
Verdict foreign_one_live_order_per_key(const ForeignOrders& orders);
Verdict foreign_all_end(const ForeignOrders& orders);
Verdict foreign_answer_matches(const ForeignOrders& orders);
Verdict foreign_nodes_known(const ForeignOrders& orders);
Verdict foreign_not_vacuous(const ForeignOrders& orders);
// Of further queries:
Result<Verdict> foreign_compensation(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders);
Result<std::vector<Verdict>> foreign_stock(ForeignRows& rows, const Profile& profile,
                                           const ForeignOrders& orders);
Result<std::vector<Verdict>> foreign_payments(ForeignRows& rows, const Profile& profile,
                                              const ForeignOrders& orders);

}  // namespace sagactl
