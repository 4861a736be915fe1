// The verdicts about another system than `sagactl serve`, from the queries of its profile and the client's ledger.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/examine.hpp"
#include "analysis/foreign/foreign_orders.hpp"
#include "analysis/foreign/foreign_stock_orders.hpp"

namespace sagactl {

// What was wrong with a product's stock.
struct StockFault {
  std::int64_t missing = 0;  // below zero: too many
  std::int64_t lowest = 0;   // of its numbers that are below zero
};
using StockFaults = std::map<std::string, StockFault>;  // by product; only where something was wrong

struct StockBefore {
  StockFaults faults;  // no fault of the run
  ForeignStocks levels;
};
// Before a load. Nothing without a query for the stock.
Result<StockBefore> read_stock(ForeignRows& rows, const Profile& profile);

// What the server's page of an order says its status is, asked for now; nothing where it cannot be read, or where there
// was no time.
using StatusOfOrder = std::function<std::optional<std::string>(const std::string& order)>;

// All verdicts; those that the profile has no data for are UNKNOWN, say so, and do not count. Unreadable rows add the
// verdict "rows-were-read". Where another query than that of the orders fails, its verdicts are UNKNOWN, and the
// examination says what was not read. An error is that of the query of the orders. `before`: of the time before the
// load. `shown`, if set, is asked for some orders, whose pages must agree with the database.
Result<Examination> examine_foreign(ForeignRows& rows, const Profile& profile, const Ledger& ledger, Timestamp now,
                                    const StockBefore& before = {}, const StatusOfOrder& shown = {});

// The verdicts that the answers alone allow, where no database could be read because of `why`.
std::vector<Verdict> foreign_verdicts_without_database(const Profile& profile, const Ledger& ledger,
                                                       std::string_view why);
// The same, with those about the stock where that can be read.
std::vector<Verdict> foreign_verdicts_without_orders(ForeignRows& rows, const Profile& profile, const Ledger& ledger,
                                                     const StockBefore& before, std::string_view why);
std::string unreadable_because(const Error& error);  // "the database could not be read: ..."

// Where no database could be read, but the server was asked for each order: `statuses` has a row for each order that it
// returned, with order_id, created_us, status and ended_us; or it listed its orders: `list` has the columns of
// sql.orders that the profile has pointers for. What only a database can tell does not apply where the profile has no
// query for it; otherwise it is UNKNOWN because of `why`.
Result<Examination> examine_statuses(ForeignRows& statuses, const Profile& profile, const Ledger& ledger,
                                     std::string_view why, Timestamp now);
Result<Examination> examine_list(ForeignRows& list, const Profile& profile, const Ledger& ledger, std::string_view why,
                                 Timestamp now);

// To the request whose answer named each order as its own, whatever the outcome: an accepted one if there is any.
std::unordered_map<Uuid, const LedgerEntry*> requests_by_order(const Ledger& ledger);

// The single checks. `bad` collects the rows that cannot be judged. From the orders and the ledger:
Verdict foreign_one_order_per_group(const ForeignOrders* orders,
                                    const Ledger& ledger);  // null: by the answers alone
Verdict foreign_no_lost_order(const ForeignOrders& orders);
Verdict foreign_no_phantom_order(const ForeignOrders& orders);
Verdict foreign_indeterminate_resolved(const ForeignOrders& orders);
// Whether requests that were answered with a server error took effect.
Verdict foreign_errors_had_no_effect(const ForeignOrders& orders);
Verdict foreign_one_live_order_per_key(const ForeignOrders& orders);
Verdict foreign_all_end(const ForeignOrders& orders);
// Whether those orders failed that were meant to, and the others did not.
Verdict foreign_ends_as_asked(const ForeignOrders& orders);
Verdict foreign_answer_matches(const ForeignOrders& orders, const StatusOfOrder& shown = {});
// By the answers alone: whether two different orders were accepted under one id. Nothing if not.
std::optional<Verdict> foreign_id_given_twice(const Ledger& ledger);
Verdict foreign_nodes_known(const ForeignOrders& orders);
Verdict foreign_not_vacuous(const ForeignOrders& orders);
// From the other queries:
Result<std::vector<Verdict>> foreign_compensation(ForeignRows& rows, const Profile& profile,
                                                  const ForeignOrders& orders, BadRows& bad);
// `orders`: null where they could not be read, so that the stock is not compared with them.
Result<std::vector<Verdict>> foreign_stock(ForeignRows& rows, const Profile& profile, const Ledger& ledger,
                                           const ForeignOrders* orders, const StockBefore& before, BadRows& bad);
Result<std::vector<Verdict>> foreign_payments(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders,
                                              BadRows& bad);

}  // namespace sagactl
