#include "tests/loadgen/order_server.hpp"

#include <algorithm>

#include "common/crypto.hpp"
#include "common/id.hpp"
#include "common/text/json.hpp"

namespace sagactl {

OrderServers::OrderServers(std::size_t nodes, Instead instead) : instead_(std::move(instead)) {
  for (std::size_t node = 0; node < nodes; ++node) {
    servers_.push_back(
        std::make_unique<ScriptedServer>([this, node](const Received& request) { return handle(node, request); }));
  }
}

LoadOptions OrderServers::options(ScenarioKind scenario) const {
  LoadOptions options;
  options.scenario = scenario;
  for (const auto& server : servers_) options.targets.push_back(server->url());
  return options;
}

std::vector<TakenOrder> OrderServers::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

std::map<std::string, std::string> OrderServers::orders() const {
  const std::lock_guard lock(mutex_);
  return orders_;
}

std::size_t OrderServers::in_flight_most() const {
  const std::lock_guard lock(mutex_);
  return in_flight_most_;
}

std::size_t OrderServers::registered() const {
  const std::lock_guard lock(mutex_);
  return accounts_.size();
}

std::size_t OrderServers::logged_in() const {
  const std::lock_guard lock(mutex_);
  return logged_in_;
}

TestAnswer OrderServers::handle(std::size_t node, const Received& request) {
  if (request.path.starts_with("/auth/")) return open_account(request);
  if (request.method == "POST" && request.path == "/orders") return take_order(node, request);
  return answer(404, R"({"message":"Not Found"})");
}

TestAnswer OrderServers::open_account(const Received& request) {
  const std::string email = Json::parse(request.body)["email"];
  const std::lock_guard lock(mutex_);
  const bool is_new = !accounts_.contains(email);
  if (request.path == "/auth/register" && !is_new) return answer(409, R"({"message":"Email already exists"})");
  if (request.path == "/auth/login") ++logged_in_;
  if (is_new) accounts_[email] = new_uuid().text();
  const Json body = {{"accessToken", token_of(email)}, {"user", {{"id", accounts_[email]}}}};
  return answer(request.path == "/auth/login" ? 200 : 201, body.dump());
}

std::string OrderServers::token_of(const std::string& email) {
  if (token_lifetime_s_ == 0) return "token-of-" + email;
  const Json claims = {{"iat", 1'795'179'848}, {"exp", 1'795'179'848 + token_lifetime_s_}, {"number", ++tokens_}};
  return "header." + base64url(claims.dump()) + ".signature";
}

TestAnswer OrderServers::take_order(std::size_t node, const Received& request) {
  const Json body = Json::parse(request.body);
  const std::string product = body["items"][0]["productId"];
  std::size_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = taken_.size();
    taken_.push_back({node, product, request.headers.at("x-correlation-id"), request.headers.at("authorization")});
    in_flight_most_ = std::max(in_flight_most_, ++in_flight_);
  }
  std::optional<TestAnswer> reply;
  if (instead_) reply = instead_(request, number);
  const std::lock_guard lock(mutex_);
  --in_flight_;
  if (reply) return *reply;
  if (orders_.contains(product)) {
    return answer(409, Json{{"error", "DUPLICATE_ORDER"}, {"existingOrderId", orders_[product]}}.dump());
  }
  orders_[product] = new_uuid().text();
  const Json created = {{"id", orders_[product]},
                        {"totalAmount", 1000.5},
                        {"status", "pending"},
                        {"items", body["items"]},
                        {"correlationId", request.headers.at("x-correlation-id")}};
  return answer(201, created.dump());
}

}  // namespace sagactl
