// Polls a server for the status of each order of a load test until the order has ended, as described by the profile.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/foreign/foreign_rows.hpp"
#include "cli/invocation.hpp"
#include "httpclient/http_client.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// The statuses are a table of orders for the verdicts: order_id, created_us (when the order was accepted), status, and
// ended_us (when a final status was first seen, as exact as the polling). An order unknown to the server has no row.
class OrderStatuses final : public ForeignRows {
 public:
  // The profile outlives this. Polls the orders of the ledger that were accepted.
  // `user_headers` as in RunResult.
  OrderStatuses(const Invocation& invocation, const Profile& profile, const Ledger& ledger,
                std::vector<HttpHeaders> user_headers = {});

  // The number of orders that have not ended. One call takes at most about a second; the next one continues with the
  // other orders. An order whose request failed is asked for again after the others.
  std::size_t poll();

  const std::string& run() const { return run_; }
  // None when the server has answered for each order, with its status or that it is unknown. Otherwise the first error.
  std::optional<std::string> first_without_status() const;

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override;
  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override;

 private:
  struct PolledOrder {
    Timestamp accepted_at, ended_at;
    std::uint16_t user = 0;
    int http_status = 0;  // 0: no answer
    std::string status, error;
  };
  bool has_ended(const std::string& order, PolledOrder& answer);

  const Profile& profile_;
  HttpHeaders headers_;
  std::vector<HttpHeaders> user_headers_;
  std::string run_;
  std::vector<HttpClient> clients_;  // one per node, in turn
  std::map<std::string, PolledOrder> orders_;
  std::vector<std::string> open_;  // not ended
  std::size_t next_ = 0;
};

}  // namespace sagactl
