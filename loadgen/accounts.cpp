#include "loadgen/accounts.hpp"

#include <fmt/format.h>

#include "httpclient/http_client.hpp"

namespace sagactl {
namespace {

// No secret: these accounts own nothing but the orders of load tests.
constexpr const char* account_password = "sagactl-loadtest";

Result<LoadAccount> account_of(const HttpResponse& response, const std::string& email) {
  const auto body = response.json();
  if (!body) return body.error();
  LoadAccount account;
  if (body->is_object() && body->contains("accessToken") && (*body)["accessToken"].is_string()) {
    account.token = (*body)["accessToken"].get<std::string>();
  }
  if (account.token.empty()) {
    return Error{ErrorCode::unauthenticated,
                 fmt::format("the answer for the account {} has no accessToken", email)};
  }
  const Json user = body->value("user", Json::object());
  if (user.is_object() && user.contains("id") && user["id"].is_string()) {
    account.user_id = user["id"].get<std::string>();
  }
  return account;
}

Result<LoadAccount> open_account(HttpClient& client, std::uint32_t number) {
  const std::string email = fmt::format("sagactl-loadtest-{}@example.com", number);
  const Json registration = {{"email", email},
                             {"password", account_password},
                             {"firstName", "Load"},
                             {"lastName", fmt::format("Test {}", number)}};
  auto response = client.post("/auth/register", registration);
  if (response.ok() && response->status == 409) {
    response = client.post("/auth/login", {{"email", email}, {"password", account_password}});
  }
  if (!response) return response.error();
  if (response->ok()) return account_of(*response, email);
  return Error{
      ErrorCode::unauthenticated,
      fmt::format("the account {} can neither be registered nor logged in at {}: HTTP {}, {}; give --token",
                  email, client.base().text(), response->status, response->message())};
}

}  // namespace

Result<std::vector<LoadAccount>> open_accounts(const Url& node, std::uint32_t count, Duration timeout,
                                               const std::stop_token& stop) {
  HttpClientOptions options;
  options.timeout = timeout;
  HttpClient client(node, options);
  std::vector<LoadAccount> accounts;
  for (std::uint32_t number = 1; number <= count && !stop.stop_requested(); ++number) {
    auto account = open_account(client, number);
    if (!account) return account.error();
    accounts.push_back(std::move(*account));
  }
  return accounts;
}

}  // namespace sagactl
