// Asks a server for the status of each order of a load test until it is an end, as its profile says.
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

// What it was told is a table of orders, for the verdicts: order_id, created_us (when the order was accepted), status,
// and ended_us (when an end was first seen, as precise as the asking). An order that is not known there has no row.
class OrderStatuses final : public ForeignRows {
 public:
  // The profile outlives this. Of the ledger: the orders that were accepted.
  OrderStatuses(const Invocation& invocation, const Profile& profile, const Ledger& ledger);

  // How many have not ended. A call looks at so many that it takes about a second at most, and goes on with the others
  // the next time; one that is slow or fails waits until the others were asked.
  std::size_t ask();

  const std::string& run() const { return run_; }
  // Each order was asked for, and the answer was its status or that it is not known. Else what came instead.
  std::optional<std::string> what_is_missing() const;

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override;
  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override;

 private:
  struct Told {
    Timestamp accepted_at, ended_at;
    int http_status = 0;  // 0: no answer
    std::string status, trouble;
  };
  bool has_ended(const std::string& order, Told& told);

  const Profile& profile_;
  HttpHeaders headers_;
  std::string run_;
  std::vector<HttpClient> clients_;  // one per node, in turn
  std::map<std::string, Told> told_;
  std::vector<std::string> left_;
  std::size_t next_ = 0;
};

}  // namespace sagactl
