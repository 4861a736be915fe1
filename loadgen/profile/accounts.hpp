// The accounts that send the orders, and their tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "httpclient/http_client.hpp"

namespace sagactl {

struct LoadAccount {
  std::string user_id;  // "" where the node named none
  std::string token;
  // When to log in again, by steady_ns(): after three quarters of the token's lifetime; nothing: it has none.
  std::optional<std::int64_t> renew_at_ns;
};

// When to renew a JSON web token, by steady_ns(): after three quarters of its lifetime, from now on; nothing for other
// tokens.
std::optional<std::int64_t> renewal_of_token(const std::string& token);

// Registers sagactl-loadtest-<n>@example.com, n from 1 to `count`, or logs them in if they exist, so that
// a second run creates no more accounts. `unauthenticated`, with the node's answer, when neither works.
Result<std::vector<LoadAccount>> open_accounts(const Url& node, std::uint32_t count, const HttpClientOptions& http,
                                               const std::stop_token& stop);

// A new token for the n-th account (from 1), which exists.
Result<LoadAccount> renew_account(const Url& node, std::uint32_t number, const HttpClientOptions& http);

}  // namespace sagactl
