// The requests of a profile that are sent once: set-up, the log-in of each user, tear-down. Blocking, one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "httpclient/http_client.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/requests/request_writer.hpp"

namespace sagactl {

struct SingleRequestsSetup {
  const Profile* profile = nullptr;  // outlives the requests, like the writer
  RequestWriter* writer = nullptr;
  Url server;
  std::uint16_t target = 0;  // its index in the writer's targets
  std::string token;         // of set-up and tear-down; "": none
  HttpClientOptions http;
};

// Errors name the request: `unavailable` without an answer, `invalid` for an answer that the profile does not expect or
// that lacks a value, `unauthenticated` for those of a log-in.
class SingleRequests {
 public:
  explicit SingleRequests(const SingleRequestsSetup& setup);

  // What it keeps is given to the writer, and returned.
  Result<std::vector<std::string>> set_up();
  Result<void> tear_down();
  // The user's authorization, values and cookies are given to the writer. Returns when to do so again, by steady_ns():
  // after three quarters of the time for which the server says it is valid; nothing if it says none.
  Result<std::optional<std::int64_t>> log_in(std::size_t user);
  // Whether a log-in set a cookie, and the profile has no `cookies`.
  bool lost_a_cookie() const { return lost_a_cookie_; }
  // Authorization and Cookie, those that the user has.
  HttpHeaders headers_of_user(std::size_t user) const;

 private:
  Result<void> send(StepNumber step, const JourneyStep& what, const PlannedOrder& order, KeptScope scope,
                    std::vector<std::string>& values);
  std::optional<std::int64_t> renewal(const std::string& authorization) const;

  SingleRequestsSetup setup_;
  HttpClient client_;
  std::string last_body_;
  bool lost_a_cookie_ = false;
};

}  // namespace sagactl
