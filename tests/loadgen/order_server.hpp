// Nodes for tests of the load generator: they take orders as the contract says, over one memory, and can be
// made to answer otherwise.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/options.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {

struct TakenOrder {
  std::size_t node = 0;
  std::string product, correlation, authorization;
};

class OrderServers {
 public:
  // What to answer to the n-th POST /orders (from 0) of all nodes, or nothing for the usual.
  using Instead = std::function<std::optional<TestAnswer>(const Received&, std::size_t n)>;

  explicit OrderServers(std::size_t nodes, Instead instead = {});

  // Tokens are then JSON web tokens of that lifetime, each another.
  void issue_tokens_for(int lifetime_s) { token_lifetime_s_ = lifetime_s; }

  LoadOptions options(ScenarioKind scenario) const;  // with the nodes as targets, otherwise as by default
  ScriptedServer& node(std::size_t index) { return *servers_[index]; }

  std::vector<TakenOrder> taken() const;              // every POST /orders, in the order of arrival
  std::map<std::string, std::string> orders() const;  // the id by the product
  std::size_t in_flight_most() const;
  std::size_t registered() const;
  std::size_t logged_in() const;

 private:
  TestAnswer handle(std::size_t node, const Received& request);
  TestAnswer open_account(const Received& request);
  TestAnswer take_order(std::size_t node, const Received& request);

  std::string token_of(const std::string& email);

  Instead instead_;
  int token_lifetime_s_ = 0;
  mutable std::mutex mutex_;
  std::vector<TakenOrder> taken_;
  std::map<std::string, std::string> orders_;
  std::map<std::string, std::string> accounts_;
  std::size_t in_flight_ = 0;
  std::size_t in_flight_most_ = 0;
  std::size_t logged_in_ = 0;
  int tokens_ = 0;
  std::vector<std::unique_ptr<ScriptedServer>> servers_;
};

}  // namespace sagactl
