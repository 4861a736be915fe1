// Coordinated omission: a generator that times its requests from their sending hides a stall, because during
// the stall it sends none. This one times them from the plan.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "loadgen/run.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

struct Freeze {
  std::atomic<std::int64_t> begin_us{0}, end_us{0};
};

// Four connections, 1,000 orders a second for two seconds, and a server that answers nothing for one of them.
RunResult run_through_freeze(Freeze& freeze) {
  std::thread thaw;
  OrderServers* all = nullptr;
  OrderServers servers(1, [&](const Received&, std::size_t n) -> std::optional<TestAnswer> {
    if (n != 10) return std::nullopt;  // early in the plan, also where the first requests take long
    all->node(0).freeze();
    freeze.begin_us = wall_clock_now().us;
    thaw = std::thread([&] {
      std::this_thread::sleep_for(1s);
      freeze.end_us = wall_clock_now().us;
      all->node(0).thaw();
    });
    return std::nullopt;
  });
  all = &servers;
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 1000;
  options.duration = 2s;
  options.connections = 4;
  options.token = "given";
  auto result = run_load(options);
  thaw.join();
  return std::move(result).value();
}

TEST(Freeze, ShowsInTheResponseTimesOfAllRequestsDueMeanwhile) {
  Freeze freeze;
  const RunResult result = run_through_freeze(freeze);
  ASSERT_EQ(result.ledger.entries.size(), 2000u);
  EXPECT_EQ(result.generator.skipped, 0u);
  std::size_t due_meanwhile = 0, sent_meanwhile = 0;
  std::int64_t waited_longest = 0;
  for (const LedgerEntry& entry : result.ledger.entries) {
    if (entry.sent.us > freeze.begin_us && entry.sent.us < freeze.end_us) ++sent_meanwhile;
    if (entry.planned.us <= freeze.begin_us || entry.planned.us >= freeze.end_us) continue;
    ++due_meanwhile;
    waited_longest = std::max(waited_longest, freeze.end_us - entry.planned.us);
    EXPECT_GE(entry.planned.us + entry.response_time().count(), freeze.end_us)
        << "operation " << entry.operation << " has an answer from within the freeze";
  }
  // Timed from the send, only the requests in flight at its start and one more per connection would show it.
  EXPECT_LE(sent_meanwhile, 8u);
  EXPECT_GT(due_meanwhile, sent_meanwhile);
  EXPECT_GE(result.response.max().count(), waited_longest);
}

}  // namespace
}  // namespace sagactl
