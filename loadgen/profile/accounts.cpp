#include "loadgen/profile/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "common/crypto.hpp"
#include "common/text/text.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds registration_patience{60};
// Not a secret: these accounts own only the orders of load tests.
constexpr const char* account_password = "sagactl-loadtest";

// The claims of a JSON web token; null when it is not one.
Json claims_of(const std::string& token) {
  const auto parts = split(token, '.');
  const auto text = parts.size() == 3 ? from_base64url(parts[1]) : std::nullopt;
  Json claims = text ? read_json(*text) : Json{};
  return claims.is_object() ? claims : Json{};
}

std::string email_of(std::uint32_t number) {
  return fmt::format("sagactl-loadtest-{}@example.com", number);
}

Result<HttpResponse> log_in(HttpClient& client, std::uint32_t number) {
  return client.post("/auth/login", {{"email", email_of(number)}, {"password", account_password}});
}

Result<LoadAccount> account_of(const HttpResponse& response, const std::string& email) {
  const auto body = response.json();
  if (!body) return body.error();
  LoadAccount account;
  if (body->is_object() && body->contains("accessToken") && (*body)["accessToken"].is_string()) {
    account.token = (*body)["accessToken"].get<std::string>();
  }
  if (account.token.empty()) {
    return Error{ErrorCode::unauthenticated, fmt::format("the answer for the account {} has no accessToken", email)};
  }
  account.renew_at_ns = renewal_of_token(account.token);
  const Json user = body->value("user", Json::object());
  if (user.is_object() && user.contains("id") && user["id"].is_string()) {
    account.user_id = user["id"].get<std::string>();
  }
  return account;
}

// A node limits registrations per address: retries after its Retry-After, for at most a minute.
Result<HttpResponse> register_with_retries(HttpClient& client, const Json& registration, const std::stop_token& stop) {
  const auto end = std::chrono::steady_clock::now() + registration_patience;
  for (;;) {
    auto response = client.post("/auth/register", registration);
    if (!response.ok() || response->status != 429 || stop.stop_requested()) return response;
    int seconds = 1;
    const std::string_view asked = response->header("Retry-After");
    std::from_chars(asked.data(), asked.data() + asked.size(), seconds);
    const auto next = std::chrono::steady_clock::now() + std::chrono::seconds(std::clamp(seconds, 1, 60));
    if (next > end) return response;
    std::this_thread::sleep_until(next);
  }
}

Error no_node_at(const Url& url, const HttpResponse& response) {
  const std::string advice = url.prefix.empty() ? "" : "write --url without the path " + url.prefix + "; ";
  return Error{
      ErrorCode::not_found,
      fmt::format("{} is not the address of a node: POST {}/auth/register is answered with HTTP {}; {}a server "
                  "of another kind is described by --profile FILE.toml",
                  url.text(), url.prefix, response.status, advice)};
}

Result<LoadAccount> open_account(HttpClient& client, std::uint32_t number, const std::stop_token& stop) {
  const std::string email = email_of(number);
  const Json registration = {{"email", email},
                             {"password", account_password},
                             {"firstName", "Load"},
                             {"lastName", fmt::format("Test {}", number)}};
  auto response = register_with_retries(client, registration, stop);
  if (response.ok() && response->status == 409) {
    response = log_in(client, number);
  }
  if (!response) return response.error();
  if (response->ok()) return account_of(*response, email);
  const bool has_no_such_route = response->status == 404 || response->status == 405;
  if (has_no_such_route) return no_node_at(client.base(), *response);
  return Error{ErrorCode::unauthenticated,
               fmt::format("the account {} can neither be registered nor logged in at {}: HTTP {}, {}; give --token",
                           email, client.base().text(), response->status, response->message())};
}

}  // namespace

std::optional<std::int64_t> renewal_of_token(const std::string& token) {
  const Json claims = claims_of(token);
  const auto number = [&](const char* name) {
    return claims.is_object() && claims.contains(name) && claims[name].is_number();
  };
  if (!number("iat") || !number("exp")) return std::nullopt;
  const double lifetime_s = claims["exp"].get<double>() - claims["iat"].get<double>();
  if (!(lifetime_s > 0 && lifetime_s < 1e9)) return std::nullopt;
  // By the lifetime, independent of the server's clock.
  return steady_ns() + static_cast<std::int64_t>(lifetime_s * 0.75e9);
}

Result<std::vector<LoadAccount>> open_accounts(const Url& node, std::uint32_t count, const HttpClientOptions& http,
                                               const std::stop_token& stop) {
  HttpClient client(node, http);
  std::vector<LoadAccount> accounts;
  for (std::uint32_t number = 1; number <= count && !stop.stop_requested(); ++number) {
    auto account = open_account(client, number, stop);
    if (!account) return account.error();
    accounts.push_back(std::move(*account));
  }
  return accounts;
}

Result<LoadAccount> renew_account(const Url& node, std::uint32_t number, const HttpClientOptions& http) {
  HttpClient client(node, http);
  const auto response = log_in(client, number);
  if (!response) return response.error();
  if (!response->ok()) return error_of(*response);
  return account_of(*response, email_of(number));
}

}  // namespace sagactl
