// What precedes the load of a run: its targets, users, test data, set-up and log-ins; and what keeps the users logged
// in while it runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "loadgen/faults/fault_run.hpp"
#include "loadgen/options.hpp"
#include "loadgen/profile/accounts.hpp"
#include "loadgen/requests/request_writer.hpp"
#include "loadgen/requests/single_requests.hpp"
#include "loadgen/running/prepared_run.hpp"
#include "loadgen/sending/address.hpp"

namespace sagactl {

// A run's id: 10 of a-z and 0-9.
std::string new_run_id();

// Not moved: the addresses refer to its routes.
class RunPreparation {
 public:
  // `options` have passed check(), and have a run. `share`: of the load that this process sends; none: agents send it.
  RunPreparation(const LoadOptions& options, std::stop_token stop, std::optional<LoadShare> share)
      : options_(options), stop_(std::move(stop)), share_(share) {}
  RunPreparation(const RunPreparation&) = delete;
  RunPreparation& operator=(const RunPreparation&) = delete;
  ~RunPreparation();

  // Errors as of run_load. When a stop is requested, users may be missing.
  Result<void> prepare();
  // The same of a run that another machine has prepared: only the targets are found, with the proxy for faults before
  // them.
  Result<void> adopt(PreparedRun prepared);
  PreparedRun prepared() const;

  // Logs in again users whose log-in expires, and those whose requests were answered with 401. While the load runs,
  // from one thread. What fails is repeated later; until then the ledger shows the refusals.
  void renew();
  Result<void> tear_down();
  // As FaultRun's begin() and end(); nothing without faults.
  void begin_faults(std::int64_t start_ns);
  std::vector<FaultMark> end_faults();

  // The given ones, but with one target for each address.
  const LoadOptions& options() const { return options_; }
  const std::vector<LoadAddress>& addresses() const { return addresses_; }
  // Like the targets, with the address if a host has several.
  const std::vector<std::string>& target_names() const { return target_names_; }
  const std::vector<LoadUser>& users() const { return users_; }
  const std::vector<CatalogueProduct>& catalogue() const { return catalogue_; }
  const RequestWriter& writer() const { return *writer_; }
  bool uses_tls() const { return tls_ != nullptr; }
  // Whether a log-in set a cookie that nobody keeps, as the profile has no `cookies`.
  bool loses_cookies() const { return loses_cookies_; }
  // By user: the headers that its log-in gave. Secret; empty without a log-in.
  std::vector<HttpHeaders> user_headers() const;

 private:
  Result<void> make_route(const Url& url);
  Result<void> resolve_targets();
  HttpClientOptions http_options() const { return {.timeout = options_.timeout, .connect = options_.connect}; }
  Result<void> open_users();
  Result<void> prepare_faults();
  Result<void> prepare_test_data();
  void make_writer();
  SingleRequestsSetup single_requests_setup();
  Result<void> set_up();
  Result<void> log_in(const std::vector<std::size_t>& users, bool stops_at_failure);
  void renew_accounts();

  LoadOptions options_;
  const std::stop_token stop_;
  const std::optional<LoadShare> share_;
  std::vector<Url> urls_;
  std::unique_ptr<TlsContext> tls_;  // null: no target is https
  std::deque<StreamRoute> routes_;   // by host
  std::vector<LoadAddress> addresses_;
  std::unique_ptr<FaultRun> faults_;  // null: none
  std::vector<std::string> target_names_;
  std::optional<Url> reachable_url_;
  std::uint16_t reachable_target_ = 0;  // its first address
  std::vector<LoadAccount> accounts_;
  std::vector<LoadUser> users_;
  std::vector<CatalogueProduct> catalogue_;
  std::vector<std::string> run_values_;
  std::optional<RequestWriter> writer_;
  std::optional<SingleRequests> single_requests_;
  std::vector<std::optional<std::int64_t>> log_in_again_ns_;  // by user
  std::vector<std::int64_t> refused_log_in_ns_;               // the last log-in because of a 401; 0: none
  std::atomic<bool> loses_cookies_ = false;
};

}  // namespace sagactl
