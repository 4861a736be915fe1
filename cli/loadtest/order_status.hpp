// Polls a server for the status of each order of a load test until the order has ended, as described by the profile.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/foreign/foreign_rows.hpp"
#include "cli/loadtest/order_watch.hpp"
#include "cli/loadtest/server_queries.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

// The statuses are a table of orders for the verdicts: order_id, created_us (as the server says it, else when the order
// was requested), status, and ended_us (as the server says it, else of the orders that were watched during the load,
// when their end was seen). An order unknown to the server has no row.
class OrderStatuses final : public ForeignRows {
 public:
  // The profile outlives this. Polls the orders that the ledger's answers named: those that were accepted, answered
  // with an error, or refused as they were meant to fail. `watched`: those that were seen to end during the load.
  // `user_headers` as in RunResult.
  OrderStatuses(const Invocation& invocation, const Profile& profile, const Ledger& ledger,
                std::map<std::string, WatchedOrder> watched, std::vector<HttpHeaders> user_headers = {});

  // Polls an order that no answer named as well, as this user.
  void add(const std::string& order, Timestamp created_at, std::uint16_t user);

  // The number of orders that have not ended. One call takes at most about a second; the next one continues with the
  // other orders. An order whose request failed is asked for again after the others.
  std::size_t poll();

  const std::string& run() const { return run_; }
  // Of an order; none when the server has not answered with it.
  std::optional<std::string> status_of(const std::string& order) const;
  // The orders for which the server has answered neither with a status nor that it does not know them.
  UnseenOrders unseen() const override;
  // What the page of an order says now; nothing for one that is not known, or whose page cannot be read.
  std::optional<std::string> ask(const std::string& order);

  RowSource source() const override;
  Result<std::vector<std::string>> columns(const ForeignQuery& query) override;
  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override;

 private:
  struct PolledOrder {
    Timestamp created_at, ended_at;
    std::uint16_t user = 0;
    int http_status = 0;  // 0: no answer
    bool is_accepted = false;
    bool is_promised = false;  // accepted, or the answer of a duplicate
    std::string status = {}, error = {};
    bool is_known() const;
  };
  bool has_ended(const std::string& order, PolledOrder& answer);
  // Each promised order was asked for, and the server knows none: the path may be wrong.
  bool knows_no_promised_order() const;
  void read_times(const Json& body, PolledOrder& answer) const;

  const Profile& profile_;
  std::vector<HttpHeaders> user_headers_;
  std::string run_;
  ServerQueries queries_;
  std::map<std::string, PolledOrder> orders_;
  std::vector<std::string> open_;  // not ended
};

}  // namespace sagactl
