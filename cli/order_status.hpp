// Asks a server for the status of each order of a load test until it is an end, as its profile says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "httpclient/http_client.hpp"
#include "loadgen/ledger.hpp"
#include "loadgen/profile.hpp"

namespace sagactl {

class OrderStatuses {
 public:
  // The profile outlives this. Of the ledger: the orders that were accepted.
  OrderStatuses(const Invocation& invocation, const Profile& profile, const Ledger& ledger);

  // How many have not ended; nothing when the server cannot be asked. A call looks at so many that it takes
  // about a second at most, and goes on with the others the next time.
  std::optional<std::size_t> ask();

 private:
  bool has_ended(const std::string& order, bool& reachable);

  const Profile& profile_;
  std::vector<HttpClient> clients_;  // one per node, in turn
  std::vector<std::string> left_;
  std::size_t next_ = 0;
};

}  // namespace sagactl
