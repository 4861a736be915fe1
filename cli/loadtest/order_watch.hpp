// Follows some orders of a running load test, from their acceptance to their end, to see how long their sagas take
// where no database tells it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <thread>

#include "cli/loadtest/server_queries.hpp"
#include "loadgen/ledger/accepted_sample.hpp"

namespace sagactl {

struct WatchedOrder {
  Timestamp sent;
  Timestamp ended;      // when a final status was first seen
  Timestamp last_open;  // when another one was last seen, or `sent`: it ended between the two
  std::string status;
};

// Asks at most `requests_per_second` times a second, and for each order the more often the younger it is, so that its
// end is known to about a tenth of its time.
class OrderWatch {
 public:
  static constexpr int requests_per_second = 50;

  // The sample, the invocation and the profile outlive this. Follows orders until `stop()`.
  OrderWatch(const Invocation& invocation, const Profile& profile, AcceptedSample& sample);

  // By order; only those that were seen to end.
  std::map<std::string, WatchedOrder> stop();

 private:
  void follow(const std::stop_token& stop);
  void follow(const AcceptedSample::Order& order, const std::stop_token& stop);

  const Profile& profile_;
  AcceptedSample& sample_;
  ServerQueries queries_;
  std::map<std::string, WatchedOrder> ended_;  // of the thread, while it runs
  std::jthread thread_;
};

// The status of an order in an answer to [status]; none when it has none.
std::optional<std::string> status_in(const HttpResponse& response, const Profile& profile);
std::string status_path(const Profile& profile, const std::string& order);
bool is_final(const Profile& profile, const std::string& status);

}  // namespace sagactl
