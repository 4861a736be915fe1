// The composition root: configuration in, running nodes out. The only place that chooses adapters.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/participants/service.hpp"

namespace sagactl {

enum class Dedupe { product, key_only };

enum class PaymentProvider { simulated, remote, toss };

// The simulated payment provider.
struct SimulatedPayment {
  std::optional<double> success;  // share of charges that succeed; none: 0.8 of system A's, 0.9 of the others'
  Duration delay_min = 500ms;
  Duration delay_max = 2s;
  double timeout_share = 0.0;  // share of calls that answer nothing in time, half of them after charging
};

// Toss Payments, or a server that speaks its API.
struct TossAccount {
  std::string url = "https://api.tosspayments.com/v1";
  std::filesystem::path secret_file;  // the secret key; nobody else may read it
  Duration timeout = 10s;             // of one call
};

struct NodeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 3000;  // of the first node; 0: any free port, for tests
  std::string node_id;        // empty: node-1, node-2 ...
  int nodes = 1;              // logical nodes, on consecutive ports
  std::filesystem::path data = "sagactl-data";
  std::string database;  // SQLite file or postgres://...; empty: <data>/saga.db
  std::string redis;     // redis://[:password@]host[:port][/db], for the locks; empty: in this process
  PaymentProvider payment_provider = PaymentProvider::simulated;
  SimulatedPayment payment;
  TossAccount toss;
  std::string kafka;  // brokers, "host:port,host:port"; empty: messages go through this process
  std::string kafka_client_id = "sagactl";
  // The one service of a checkout that this process is; none: all. The others are asked over Kafka, and all of them
  // work on one database server.
  std::optional<Service> service;
  Dedupe dedupe = Dedupe::product;
  Duration lease = 2s;
  Duration stop_delay{};  // between /readyz failing and the listener closing, for a load balancer to see it
  bool shop_confirms = false;      // a checkout's payment waits for POST /api/payments/confirm
  Duration reservation_ttl = 5min;
  bool allow_anonymous = false;    // /api and /purchase without a token off loopback
  bool allow_test_routes = false;  // /redis-test and /kafka-test off loopback
  std::vector<std::string> trusted_proxies;  // addresses and networks whose word about the client of a request counts
  // Origins whose pages may call, as http::parse_origin gives them; or "*" alone.
  std::vector<std::string> cors_origins;
  std::string environment = "development";
  std::string version = "unknown", revision = "unknown";  // of the program, for its metrics
  // Secrets, of at least 32 characters and not the same. Empty: kept in files in `data`, made at first start; off
  // loopback an empty jwt_secret is an error. With jwt_secret alone the other is made of it.
  std::string jwt_secret, jwt_refresh_secret;
  Duration jwt_expires_in = std::chrono::minutes(15);
  Duration jwt_refresh_expires_in = std::chrono::hours(24 * 7);
};

struct NodeAddress {
  std::string node;  // its id
  std::string url;
};

// Running nodes. Destroying it stops them cleanly: no new requests, those in flight end, engines finish what
// they accepted or leave it durable.
class Nodes {
 public:
  virtual ~Nodes() = default;
  virtual std::vector<NodeAddress> addresses() const = 0;
  virtual std::filesystem::path operator_token_file() const = 0;
  virtual void stop() = 0;
};

// A process that carries out payments for nodes with PaymentProvider::remote, by the simulated provider or by Toss
// Payments. It needs brokers; its port has /livez, /readyz and /metrics.
Result<std::unique_ptr<Nodes>> start_payment_participant(const NodeOptions& options);

// Returns when all nodes accept requests. Errors say what to do about a port in use, a data directory that
// another process serves, a damaged or newer database, a secret that is missing.
Result<std::unique_ptr<Nodes>> start_nodes(const NodeOptions& options);

}  // namespace sagactl
