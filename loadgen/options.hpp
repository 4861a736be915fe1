// The options of a load test.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/records/scratch.hpp"
#include "common/result.hpp"
#include "common/time.hpp"
#include "httpclient/connecting/connect_options.hpp"
#include "loadgen/faults/fault_plan.hpp"
#include "loadgen/ledger/accepted_sample.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/schedule/schedule.hpp"
#include "loadgen/schedule/stages.hpp"

namespace sagactl {

class KafkaTraffic;
struct MessagePlan;
// Reads the topics of the plans from now on, which outlive the traffic. A message that is not acknowledged within
// `timeout` is given up. `unavailable` when no broker answers within it, `invalid` when they refuse the log-in,
// `not_found` for a topic that does not exist.
using StartKafka = std::function<Result<std::unique_ptr<KafkaTraffic>>(const std::vector<const MessagePlan*>& plans,
                                                                       Duration timeout)>;

struct KafkaAddress {
  std::string brokers;    // "host:port,host:port"; "": none
  std::string client_id;  // in the brokers' logs and quotas
  friend bool operator==(const KafkaAddress&, const KafkaAddress&) = default;
};

// Requests in flight of a closed loop without --concurrency.
inline constexpr std::uint32_t default_concurrency = 16;

enum class ScenarioKind { duplicate, individual, mixed, all };
std::string_view to_string(ScenarioKind kind);
std::optional<ScenarioKind> parse_scenario(std::string_view text);

enum class Pacing {
  automatic,  // spin if a core is free for each worker, otherwise sleep
  spin,       // sleep until shortly before the next send, then poll the clock: a few microseconds late
  sleep,      // sleep until the next send: leaves the processor to a server on this machine
};
std::string_view to_string(Pacing pacing);
std::optional<Pacing> parse_pacing(std::string_view text);

// The largest value of each option, and of its flag.
namespace load_limits {
inline constexpr std::uint64_t orders = schedule_max, products = schedule_max;
inline constexpr std::uint32_t concurrency = 10'000, connections = 10'000, streams = 1000, workers = 64;
inline constexpr std::uint32_t users = Profile::users_max, duplicates = 256, items = 50, rate_steps = 1000;
}  // namespace load_limits

struct LoadOptions {
  ScenarioKind scenario = ScenarioKind::all;
  Profile profile = order_profile();
  std::vector<std::string> targets;  // base URLs: http, https, unix
  ConnectOptions connect;            // how they are reached
  StartKafka start_kafka = {};       // for journeys with messages of Kafka; null: there is none
  KafkaAddress kafka = {};           // the same for agents, which connect by themselves
  std::string run;                   // part of every product id: 1 to 16 of a-z 0-9; empty: a new one

  // How much. None of the first three: exactly the reference suite's numbers. `rate` alone: ten seconds.
  std::optional<std::uint64_t> orders;  // requests in all measured phases
  std::optional<Duration> duration;     // of all measured phases
  std::optional<double> rate;           // open loop: requests per second
  ArrivalKind arrival = ArrivalKind::constant;
  double rate_from = 0;                      // of a ramp
  std::uint32_t rate_steps = 5;              // of steps
  std::vector<Stage> stages;                 // open loop: instead of orders, duration, rate and arrival's shape
  std::optional<std::uint32_t> concurrency;  // closed loop: requests in flight; without rate and stages: 16

  // What.
  std::optional<std::uint32_t> products;    // duplicate, mixed: distinct products, used in turn
  std::optional<std::uint32_t> duplicates;  // concurrent orders of one product; 5, mixed 3 to 5
  double fail_share = 0;                    // share of orders that are meant to fail
  double hot_share = 0;                     // share of orders for the same product
  std::uint32_t items = 1;                  // per order
  std::uint64_t seed = 1;                   // decides prices, quantities, users and arrival

  // Who: a bearer token for all, or `users` accounts that are registered, or logged in when they exist.
  std::string token;
  std::uint32_t users = 4;

  FaultPlan faults = {};  // what is done to the servers and the network meanwhile

  Duration warmup{0};      // the same load beforehand, in the ledger but in no figure
  Duration timeout = 10s;  // of one request; then it is indeterminate
  Pacing pacing = Pacing::automatic;
  std::uint32_t workers = 0;          // threads; 0: by the machine
  std::uint32_t connections = 0;      // over all targets; 0: closed loop: concurrency, open loop: by the rate
  bool http2 = false;                 // over TLS (ALPN), or with prior knowledge
  std::uint32_t streams = 100;        // HTTP/2: requests of one connection at once; no more than the server allows
  bool compressed = false;            // answers may be compressed: Accept-Encoding
  bool fresh_connections = false;     // one connection per request, opened before it is due
  std::uint32_t backlog_max = 65536;  // due requests that may wait for a connection; others are skipped
  std::shared_ptr<AcceptedSample> sample = {};  // to be given accepted orders; null: nobody wants them
  Scratch scratch = {};                         // where a ledger goes that is too large for memory
};

// The products of the orders of `run`, given the server's catalogue; {run} is filled into ids.
ProductPlan product_plan_of(const LoadOptions& options, const std::string& run,
                            std::vector<CatalogueProduct> catalogue);
// The user of orders where the profile names none; numbered from 1.
std::string synthetic_user(std::uint32_t number);

// `invalid` with all wrong options, by their flags, on a line each.
Result<void> check(const LoadOptions& options);

}  // namespace sagactl
