// The checks that compare a client's ledger with the database: each finds the fault that was planted for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "analysis/examine.hpp"
#include "tests/analysis/judging.hpp"
#include "tests/analysis/sample_run.hpp"

namespace sagactl {
namespace {

std::vector<Verdict> judge(const SampleRun& run) {
  const auto history = run.world.history();
  ExamineOptions options;
  options.check.drained = true;
  options.check.scratch = small_scratch();
  options.run = run.load.ledger.run;
  options.ledger = &run.load.ledger;
  return examine(*history, options).value().verdicts;
}

std::string text_of(const Uuid& uuid) {
  return uuid.text();
}

// Places another order of the entry's product, and completes it.
FlowHistory& place_again(SampleRun& run, const LedgerEntry& entry, const std::string& correlation) {
  const Ledger& ledger = run.load.ledger;
  World::Placing placing;
  placing.product = ledger.product(entry);
  placing.correlation = correlation;
  placing.user = *UserId::parse(ledger.user_ids[entry.user]);
  for (const ProductItem& item : ledger.items_of(entry))
    placing.items.push_back({item.product_id, item.product_name, item.quantity, item.price});
  return run.world.add(placing);
}

// Makes the keys of the two orders differ, so that only the check of the ledger can find it.
void finish_world(SampleRun& run, FlowHistory& flow) {
  flow.flow.order.idempotency_key += "-another";
  run.world.settle_claims();
  run.world.number_events();
}

void add_idle_node(SampleRun& run) {
  NodeInfo node = run.world.nodes.front();
  node.name = "node-4";
  node.url = "http://127.0.0.1/node-4";
  node.last_sequence = node.published = 0;
  run.world.nodes.push_back(node);
}

TEST(LedgerChecks, PassACorrectRun) {
  const auto verdicts = judge(sample_run());
  for (const Verdict& verdict : verdicts)
    EXPECT_TRUE(verdict.ruling == Ruling::pass || !verdict.counted) << verdict.name << ": " << verdict.reason;
  EXPECT_EQ(overall(verdicts), Ruling::pass);
}

// A flow's id is created when its request arrives: of two simultaneous requests, the one with the greater id may be
// placed first, fail, and release its key to the other.
TEST(LedgerChecks, SortTheOrdersOfAGroupByCreationNotById) {
  SampleRun run = sample_run();
  LedgerEntry& loser = run.entry(OrderKind::duplicate, RequestOutcome::duplicate);
  LedgerEntry* winner = nullptr;
  for (LedgerEntry& entry : run.load.ledger.entries)
    if (entry.kind == loser.kind && entry.group == loser.group && entry.outcome == RequestOutcome::accepted)
      winner = &entry;
  ASSERT_TRUE(winner);
  const OrderId first = run.flow_of(*winner).flow.order.id;
  run.world.cancel(run.flow_of(*winner), "to leave its key");
  run.world.pass(1s);
  FlowHistory& second = place_again(run, loser, run.load.ledger.correlation_sent(loser).text());
  loser.outcome = RequestOutcome::accepted;
  loser.order = second.flow.order.id.uuid;
  run.world.settle_claims();
  run.world.number_events();
  const auto at = std::find_if(run.world.flows.begin(), run.world.flows.end(),
                               [&](const FlowHistory& flow) { return flow.flow.order.id == first; });
  std::iter_swap(at, std::prev(run.world.flows.end()));
  EXPECT_EQ(named(judge(run), "one-order-per-duplicate-group").ruling, Ruling::pass)
      << named(judge(run), "one-order-per-duplicate-group").reason;
}

struct LedgerMutant {
  const char* name;
  const char* check;
  Ruling ruling;
  std::string (*plant)(SampleRun& run);  // returns what the witness must name
};

const LedgerMutant ledger_mutants[] = {
    {"two orders of one duplicate group", "one-order-per-duplicate-group", Ruling::fail,
     [](SampleRun& run) {
       LedgerEntry& loser = run.entry(OrderKind::duplicate, RequestOutcome::duplicate);
       FlowHistory& second = place_again(run, loser, run.load.ledger.correlation_sent(loser).text());
       finish_world(run, second);
       loser.outcome = RequestOutcome::accepted;
       loser.order = second.flow.order.id.uuid;
       return text_of(loser.order);
     }},
    {"a group whose orders were all refused", "one-order-per-duplicate-group", Ruling::fail,
     [](SampleRun& run) {
       LedgerEntry& winner = run.entry(OrderKind::duplicate, RequestOutcome::accepted);
       run.world.remove(run.flow_of(winner));
       run.world.settle_claims();
       run.world.number_events();
       const Uuid gone = winner.order;
       winner.outcome = RequestOutcome::duplicate;
       for (LedgerEntry& entry : run.load.ledger.entries)
         if (entry.order == gone) entry.order = Uuid{};
       return run.load.ledger.product(winner);
     }},
    {"an accepted order that is missing", "no-lost-order", Ruling::fail,
     [](SampleRun& run) {
       LedgerEntry& entry = run.entry(OrderKind::single, RequestOutcome::accepted);
       run.world.remove(run.flow_of(entry));
       run.world.settle_claims();
       run.world.number_events();
       return text_of(entry.order);
     }},
    {"an order without a request", "no-phantom-order", Ruling::fail,
     [](SampleRun& run) {
       const LedgerEntry& entry = run.entry(OrderKind::single, RequestOutcome::accepted);
       FlowHistory& flow = place_again(run, entry, Uuid{{9, 9, 9}}.text());
       finish_world(run, flow);
       return flow.flow.order.id.text();
     }},
    {"a second order of an accepted request", "no-phantom-order", Ruling::fail,
     [](SampleRun& run) {
       const LedgerEntry& entry = run.entry(OrderKind::single, RequestOutcome::accepted);
       FlowHistory& flow = place_again(run, entry, run.load.ledger.correlation_sent(entry).text());
       finish_world(run, flow);
       return flow.flow.order.id.text();
     }},
    {"a request without a clear answer that took effect twice", "indeterminate-resolved", Ruling::fail,
     [](SampleRun& run) {
       LedgerEntry& entry = run.entry(OrderKind::single, RequestOutcome::accepted);
       FlowHistory& flow = place_again(run, entry, run.load.ledger.correlation_sent(entry).text());
       finish_world(run, flow);
       entry.outcome = RequestOutcome::indeterminate;
       entry.order = Uuid{};
       return flow.flow.order.id.text();
     }},
    {"a total that differs from the answer", "answer-matches-database", Ruling::fail,
     [](SampleRun& run) {
       LedgerEntry& entry = run.entry(OrderKind::single, RequestOutcome::accepted);
       entry.claimed_total = Money{1};
       return text_of(entry.order);
     }},
    {"an order of another user than the one that placed it", "answer-matches-database", Ruling::fail,
     [](SampleRun& run) {
       LedgerEntry& entry = run.entry(OrderKind::single, RequestOutcome::accepted);
       FlowHistory& flow = run.flow_of(entry);
       flow.flow.order.user = UserId{Uuid{{1, 2, 3}}};
       Event& created = *find_event(flow, EventType::order_created);
       Json data = Json::parse(created.data);
       data["userId"] = flow.flow.order.user.text();
       created.data = data.dump();
       return text_of(entry.order);
     }},
    {"a duplicate refused for an order of another product", "answer-matches-database", Ruling::fail,
     [](SampleRun& run) {
       LedgerEntry& entry = run.entry(OrderKind::duplicate, RequestOutcome::duplicate);
       entry.order = run.entry(OrderKind::single, RequestOutcome::accepted).order;
       return text_of(entry.order);
     }},
    {"a rejected request that took effect", "answer-matches-database", Ruling::fail,
     [](SampleRun& run) {
       LedgerEntry& entry = run.entry(OrderKind::single, RequestOutcome::accepted);
       const std::string order = text_of(entry.order);
       entry.outcome = RequestOutcome::rejected;
       entry.http_status = 503;
       entry.order = Uuid{};
       return order;
     }},
    {"duplicates that never overlapped", "not-vacuous", Ruling::unknown,
     [](SampleRun& run) {
       Timestamp at = run.load.ledger.started_at;
       for (LedgerEntry& entry : run.load.ledger.entries) {
         entry.planned = entry.sent = at;
         entry.done = at = at + 1ms;
       }
       return std::string("duplicate group");
     }},
    {"a node without work", "not-vacuous", Ruling::unknown,
     [](SampleRun& run) {
       add_idle_node(run);
       run.load.ledger.targets.push_back("http://127.0.0.1/node-4/");
       return std::string("node-4");
     }},
    {"requested failures that never happened", "not-vacuous", Ruling::unknown,
     [](SampleRun& run) {
       run = sample_run({.groups = 1, .failures = 0});
       LedgerEntry entry = run.load.ledger.entries.front();
       entry.operation = 999;
       entry.group = 999;
       entry.kind = OrderKind::payment_fail;
       entry.outcome = RequestOutcome::rejected;
       entry.order = Uuid{};
       run.load.ledger.entries.push_back(entry);
       return std::string("payment failures");
     }},
};

class LedgerFault : public testing::TestWithParam<LedgerMutant> {};

TEST_P(LedgerFault, IsFoundByItsCheckAlone) {
  const LedgerMutant& mutant = GetParam();
  SampleRun run = sample_run();
  const std::string named_thing = mutant.plant(run);
  const auto verdicts = judge(run);
  for (const Verdict& verdict : verdicts) {
    if (verdict.name == mutant.check || !verdict.counted) continue;
    EXPECT_EQ(verdict.ruling, Ruling::pass) << mutant.name << ": " << verdict.name << ": " << verdict.reason;
  }
  const Verdict& found = named(verdicts, mutant.check);
  EXPECT_EQ(found.ruling, mutant.ruling) << mutant.name << ": " << found.reason;
  const std::string shown = found.reason + found.witness.dump();
  EXPECT_NE(shown.find(named_thing), std::string::npos) << mutant.name << "\n" << shown;
}

INSTANTIATE_TEST_SUITE_P(LedgerChecks, LedgerFault, testing::ValuesIn(ledger_mutants),
                         [](const auto& test) { return test_name(test.param.name); });

TEST(LedgerChecks, AskWhetherItIsTheDatabaseOfTheServersWhenItHoldsNoOrderOfTheRun) {
  SampleRun run = sample_run();
  run.world.flows.clear();
  run.world.claims.clear();
  const auto verdicts = judge(run);
  const Verdict& lost = named(verdicts, "no-lost-order");
  EXPECT_EQ(lost.ruling, Ruling::fail);
  EXPECT_NE(lost.reason.find("is it the database of the servers that were loaded?"), std::string::npos) << lost.reason;
}

TEST(LedgerChecks, ResolveRequestsWithoutAnAnswerFromTheDatabase) {
  SampleRun run = sample_run();
  LedgerEntry& happened = run.entry(OrderKind::single, RequestOutcome::accepted);
  happened.outcome = RequestOutcome::indeterminate;
  happened.order = Uuid{};
  LedgerEntry lost = happened;
  lost.operation = 1000;
  lost.group = 1000;
  run.load.ledger.entries.push_back(lost);
  const auto verdicts = judge(run);
  EXPECT_EQ(overall(verdicts), Ruling::pass);
  EXPECT_EQ(named(verdicts, "indeterminate-resolved").reason,
            "2 requests without a clear answer: 1 took effect, 1 did not");
}

TEST(LedgerChecks, AllowAnotherOrderAfterTheFirstOfItsGroupWasCancelled) {
  SampleRun run = sample_run();
  LedgerEntry& winner = run.entry(OrderKind::duplicate, RequestOutcome::accepted);
  FlowHistory& first = run.flow_of(winner);
  run.world.command(first, CompensateSaga{"asked for"});
  run.world.answer(first, Succeeded{});
  LedgerEntry& loser = run.entry(OrderKind::duplicate, RequestOutcome::duplicate);
  FlowHistory& second = place_again(run, loser, run.load.ledger.correlation_sent(loser).text());
  run.world.settle_claims();
  run.world.number_events();
  loser.outcome = RequestOutcome::accepted;
  loser.order = second.flow.order.id.uuid;
  EXPECT_EQ(overall(judge(run)), Ruling::pass);
}

TEST(LedgerChecks, ExpectNoWorkOfANodeThatGotNoRequests) {
  SampleRun run = sample_run();
  add_idle_node(run);
  EXPECT_EQ(overall(judge(run)), Ruling::pass);
}

TEST(LedgerChecks, DoNotApplyToARunWithoutDuplicates) {
  const auto verdicts = judge(sample_run({.groups = 0}));
  EXPECT_FALSE(named(verdicts, "one-order-per-duplicate-group").counted);
  EXPECT_EQ(overall(verdicts), Ruling::pass);
}

TEST(LedgerChecks, AreUndecidedAndCountWithoutADatabase) {
  const auto verdicts = verdicts_without_database("no database was given; add --database");
  EXPECT_EQ(verdicts.size(), verdict_names().size());
  EXPECT_EQ(overall(verdicts), Ruling::unknown);
}

}  // namespace
}  // namespace sagactl
