// The composition root: starts nodes from their options. The only module that chooses adapters.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_security.hpp"
#include "server/adapters/redis/redis_address.hpp"
#include "server/participants/service.hpp"

namespace sagactl {

inline constexpr int logical_nodes_max = 64;  // logical nodes of a process

enum class Dedupe { product, key_only };

enum class PaymentProvider { simulated, remote, toss };

template <>
struct Spelling<PaymentProvider> {
  static constexpr std::string_view names[] = {"simulated", "remote", "toss"};
};

// The simulated payment provider.
struct SimulatedPayment {
  std::optional<double> success;  // share of charges that succeed; none: 0.8 of orders, 0.9 of checkouts and purchases
  Duration delay_min = 500ms;
  Duration delay_max = 2s;
  double timeout_share = 0.0;  // share of calls that time out, half of them after charging
};

// Toss Payments, or a server with its API.
struct TossAccount {
  std::string url = "https://api.tosspayments.com/v1";
  std::filesystem::path secret_file;  // of the secret key; readable by its owner only
  Duration timeout = 10s;             // for one call
};

struct NodeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 3000;  // of the first node; 0: any free port, for tests
  int nodes = 1;              // logical nodes, on consecutive ports
  std::string node_id;        // empty: node-1, node-2 ...
  std::filesystem::path data = "sagactl-data";
  std::string database;  // SQLite file or postgres://...; empty: <data>/saga.db
  std::string redis;     // for the locks, as parse_redis_url() reads it; empty: locks in this process
  RedisSecurity redis_security;
  PaymentProvider payment_provider = PaymentProvider::simulated;
  SimulatedPayment payment;
  TossAccount toss;
  std::string toss_client_key;  // of Toss' widget on the shop's page to pay on; public; empty: none
  std::string kafka;            // brokers, "host:port,host:port"; empty: messages stay in this process
  KafkaSecurity kafka_security;
  std::string kafka_client_id = "sagactl";
  // The service of a checkout that this process runs; none: all. Services call each other over Kafka and share one
  // database server.
  std::optional<Service> service;
  Dedupe dedupe = Dedupe::product;
  bool shop_confirms = false;      // a checkout's payment waits for POST /api/payments/confirm
  bool allow_anonymous = false;    // /api and /purchase without a token also from other machines
  bool allow_dtm = false;          // /api/dtmsvr also from other machines
  bool allow_lra = false;          // /lra-coordinator also from other machines
  std::string lra_url;             // under which clients and participants reach that; empty: as each request came
  bool allow_test_routes = false;  // /redis-test and /kafka-test also from other machines
  bool retry_recharges = false;    // a retry below /api charges a refunded payment again, unless it says otherwise
  bool sample_stock = false;       // the checkout's sample products exist from the start
  bool log_orders = false;         // a line in the log for each order that is created and each saga that ends
  std::filesystem::path pages;     // a directory of web pages to serve; empty: none
  bool pages_read_only = false;    // web pages may change nothing
  Duration lease = 2s;
  Duration stop_delay{};  // from /readyz failing to the server stopping, for load balancers to notice
  Duration reservation_ttl = 5min;
  std::string dtm_secret;                    // the path below which others may call /api/dtmsvr; empty: none
  std::vector<std::string> trusted_proxies;  // addresses and networks whose headers about a client are believed
  // Origins whose pages may call, as http::parse_origin returns them; or "*" alone.
  std::vector<std::string> cors_origins;
  // The participants of users' sagas.
  std::vector<std::string> participants_allow;     // which servers may be called; none: this machine's own
  std::string participants_proxy;                  // "http://proxy:3128", through which they are called; empty: none
  std::vector<std::string> participants_no_proxy;  // who is called without it, besides this machine
  bool demo_participants = false;                  // they are made up: nobody is called
  std::vector<std::string> participants_topics;    // in which participants may be asked by message; none: in no topic
  std::string participants_files;  // the directory of the certificates and secrets that definitions name
  std::string answer_url;          // by which participants call back; empty: the node's own address
  // Traces.
  std::string otlp_endpoint;    // of an OpenTelemetry collector, "http://collector:4318"; empty: none are exported
  std::string otlp_headers;     // of each request to it, "key=value,key=value"; may be secret
  std::string otlp_attributes;  // of the resource, the same
  std::string otlp_service = "sagactl";
  std::string environment = "development";
  std::string version = "unknown", revision = "unknown";  // of the program, for its metrics
  // Two different secrets of at least 32 characters. Empty: kept in files in `data`, created at the first start; an
  // error when `host` is not loopback. With jwt_secret alone the other is derived from it.
  std::string jwt_secret, jwt_refresh_secret;
  Duration jwt_expires_in = std::chrono::minutes(15);
  Duration jwt_refresh_expires_in = std::chrono::hours(24 * 7);
};

struct NodeAddress {
  std::string node;  // its id
  std::string url;
};

// Running nodes. The destructor stops them cleanly: no new requests, requests in flight are completed, accepted
// commands are completed or durable.
class Nodes {
 public:
  virtual ~Nodes() = default;
  virtual std::vector<NodeAddress> addresses() const = 0;
  virtual std::filesystem::path operator_token_file() const = 0;
  virtual void stop() = 0;
};

// A process that makes payments for nodes with PaymentProvider::remote, by the simulated provider or Toss Payments.
// Needs brokers. Its port serves /livez, /readyz and /metrics.
Result<std::unique_ptr<Nodes>> start_payment_participant(const NodeOptions& options);

// Returns when all nodes accept requests. Fails, with what to do about it, when a port is in use, another process has
// the data directory, the database is damaged or newer, or a secret is missing.
Result<std::unique_ptr<Nodes>> start_nodes(const NodeOptions& options);

}  // namespace sagactl
