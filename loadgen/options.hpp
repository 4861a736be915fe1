// What a load test is asked to do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/records/scratch.hpp"
#include "common/time.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/schedule/schedule.hpp"
#include "loadgen/schedule/stages.hpp"

namespace sagactl {

enum class ScenarioKind { duplicate, individual, mixed, all };
std::string_view to_string(ScenarioKind kind);
std::optional<ScenarioKind> parse_scenario(std::string_view text);

enum class Pacing {
  automatic,  // spin where a core is free for each worker, else sleep
  spin,       // sleep until shortly before the next send, then watch the clock: a few microseconds late
  sleep,      // sleep until the next send: gives the processor to a server on this machine
};
std::string_view to_string(Pacing pacing);
std::optional<Pacing> parse_pacing(std::string_view text);

struct LoadOptions {
  ScenarioKind scenario = ScenarioKind::all;
  Profile profile = order_profile();
  std::vector<std::string> targets;  // base URLs, http://host:port
  std::string run;                   // stands in every product id: 1 to 16 of a-z 0-9; empty: a fresh one

  // How much. None of the three: exactly the reference suite's numbers. `rate` alone: for ten seconds.
  std::optional<std::uint64_t> orders;  // requests in the measured phases, all together
  std::optional<Duration> duration;     // of the measured phases, all together
  std::optional<double> rate;           // open loop: requests per second, whatever the answers
  ArrivalKind arrival = ArrivalKind::constant;
  double rate_from = 0;          // of a ramp
  std::uint32_t rate_steps = 5;  // of steps
  std::vector<Stage> stages;     // open loop: instead of orders, duration, rate and arrival's shape
  std::optional<std::uint32_t> concurrency;  // closed loop: requests in flight. Neither: closed, 16

  // What.
  std::optional<std::uint32_t> products;    // duplicate, mixed: distinct products, used in turn
  std::optional<std::uint32_t> duplicates;  // concurrent orders of one product; 5, mixed 3 to 5
  double fail_share = 0;                    // share of orders that are to fail
  double hot_share = 0;                     // share of orders that are of one and the same product
  std::uint32_t items = 1;                  // per order
  std::uint64_t seed = 1;                   // decides prices, quantities, users and arrival

  // Who: a bearer token for all, or `users` accounts that are registered, or logged in when they exist.
  std::string token;
  std::uint32_t users = 4;

  Duration warmup{0};      // the same load for so long first, in the ledger but in no figure
  Duration timeout = 10s;  // of one request; then it is indeterminate
  Pacing pacing = Pacing::automatic;
  std::uint32_t workers = 0;          // threads; 0: by the machine
  std::uint32_t connections = 0;      // over all targets; 0: closed loop: concurrency, open loop: by the rate
  bool fresh_connections = false;     // each request has a connection of its own, made before it is due
  std::uint32_t backlog_max = 65536;  // due requests that may wait for a connection; more are skipped
  Scratch scratch = {};               // where a ledger goes that is too long for memory
};

// What the orders of run `run` are of, where these are the products that are for sale; {run} is filled into ids.
Assortment assortment_of(const LoadOptions& options, const std::string& run, std::vector<CatalogueProduct> catalogue);
// Whom orders are for where nobody is named, from 1 on.
std::string made_up_user(std::uint32_t number);

// `invalid` with the first thing that is wrong, in the command line's words.
Result<void> check(const LoadOptions& options);

}  // namespace sagactl
