// Nodes are killed repeatedly under load: everything acknowledged is in the database, and every saga ends.
#include <gmock/gmock.h>
#include <signal.h>

#include <set>

#include "loadgen/ledger/ledger.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"
#include "tests/e2e/process.hpp"

namespace sagactl {
namespace {

const std::vector<std::string> flags = {"--nodes", "3",    "--payment-delay", "1ms..30ms", "--payment-timeouts", "0.05",
                                        "--lease", "200ms"};

int rounds() {
  return std::getenv("SAGACTL_LONG") ? 200 : 20;
}

// Waits until the database has `more` orders more than now.
void wait_for_orders(const ServeProcess& nodes, int more) {
  const auto total = [&] {
    const Json page = nodes.run({"order", "list", "--limit", "1", "-o", "json"}).json();
    return page.is_object() && page.contains("total") ? page["total"].get<int>() : 0;
  };
  const int before = total();
  while (total() < before + more) {
  }
}

std::set<Uuid> orders_in(const std::filesystem::path& file) {
  std::set<Uuid> ids;
  const auto source = open_sqlite_history(file);
  if (!source) return ids;
  auto history = (*source)->snapshot();
  if (!history) return ids;
  const auto read = (*history)->each_flow({}, [&](const FlowHistory& flow) {
    ids.insert(flow.flow.order.id.uuid);
    return true;
  });
  EXPECT_TRUE(read);
  return ids;
}

TEST(Crash, LosesNoAcknowledgedOrder) {
  const TestDirectory site;
  for (int round = 0; round < rounds(); ++round) {
    ServeProcess nodes(site, flags);
    const std::string file = "round" + std::to_string(round) + ".json";
    Process load({"loadtest", "individual", "--duration", "60s", "--concurrency", "16", "--url", nodes.urls(),
                  "--drain", "0s", "--save", file},
                 site.directory());
    wait_for_orders(nodes, 50 + 37 * (round % 5));
    nodes.process().send(SIGKILL);
    nodes.process().wait();
    load.send(SIGINT);
    EXPECT_EQ(load.wait().code, 130);
  }

  ServeProcess nodes(site, flags);
  const ProcessResult drained = nodes.run({"loadtest", "individual", "--orders", "10", "-o", "json"});
  EXPECT_EQ(drained.code, 0) << drained.out << drained.err;
  nodes.process().send(SIGTERM);
  EXPECT_EQ(nodes.process().wait().code, 0);

  const ProcessResult verified = site.run({"verify", "--drained"});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  const std::set<Uuid> orders = orders_in(site.directory() / "sagactl-data/saga.db");
  std::size_t accepted = 0;
  for (int round = 0; round < rounds(); ++round) {
    const auto path = site.directory() / ("round" + std::to_string(round) + ".ledger.jsonl");
    const auto ledger = load_ledger(path.string());
    ASSERT_TRUE(ledger) << ledger.error().message;
    for (const LedgerEntry& entry : ledger->entries) {
      if (entry.outcome != RequestOutcome::accepted) continue;
      ++accepted;
      EXPECT_TRUE(orders.contains(entry.order)) << "acknowledged and lost: " << entry.order.text();
    }
  }
  EXPECT_GT(accepted, static_cast<std::size_t>(rounds()) * 50);
}

}  // namespace
}  // namespace sagactl
