// The verdicts about a system that is not ours, from the queries of its profile and from the client's ledger.
#pragma once

#include <vector>

#include "analysis/examine.hpp"
#include "analysis/foreign/foreign_orders.hpp"

namespace sagactl {

// All verdicts; those that the profile shows nothing of are UNKNOWN, say so, and do not count. Rows that cannot be read
// make a further one, "rows-were-read". Errors are those of the queries.
Result<Examination> examine_foreign(ForeignRows& rows, const Profile& profile, const Ledger& ledger,
                                    Timestamp now);

// Where no database could be read, because of `why`: what the answers alone show.
std::vector<Verdict> foreign_verdicts_without_database(const Profile& profile, const Ledger& ledger,
                                                       std::string_view why);

// Where no database could be read and the server was asked for each order: `statuses` has a row for each that it knows,
// with order_id, created_us, status and ended_us.
Result<Examination> examine_statuses(ForeignRows& statuses, const Profile& profile, const Ledger& ledger,
                                     std::string_view why, Timestamp now);

// The checks, in pieces. The last of their arguments takes the rows that cannot be judged. Of the orders and the
// ledger:
Verdict foreign_one_order_per_group(const ForeignOrders* orders,
                                    const Ledger& ledger);  // null: by answers alone
// `where`: where the orders were looked for.
Verdict foreign_no_lost_order(const ForeignOrders& orders, std::string_view where = "in the database");
Verdict foreign_no_phantom_order(const ForeignOrders& orders);
Verdict foreign_indeterminate_resolved(const ForeignOrders& orders);
Verdict foreign_one_live_order_per_key(const ForeignOrders& orders);
Verdict foreign_all_end(const ForeignOrders& orders);
Verdict foreign_answer_matches(const ForeignOrders& orders);
Verdict foreign_nodes_known(const ForeignOrders& orders);
Verdict foreign_not_vacuous(const ForeignOrders& orders);
// Of further queries:
Result<Verdict> foreign_compensation(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders,
                                     BadRows& bad);
Result<std::vector<Verdict>> foreign_stock(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders,
                                           BadRows& bad);
Result<std::vector<Verdict>> foreign_payments(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders,
                                              BadRows& bad);

}  // namespace sagactl
