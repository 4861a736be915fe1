// A load test of a user's saga: its ledger compared with the sagas in the database, and planted faults.
#include <gmock/gmock.h>

#include "analysis/examine.hpp"
#include "server/ports/saga_keys.hpp"
#include "server/saga/compile_definition.hpp"
#include "tests/analysis/judging.hpp"

namespace sagactl {
namespace {

constexpr const char* short_trip = R"({
  "saga": "trip",
  "participants": {"hotel": {"url": "http://hotel"}},
  "steps": [
    {"name": "hotel", "call": {"post": "{hotel}/rooms"}, "undo": {"delete": "{hotel}/rooms/{saga.step_key}"}},
    {"name": "payment", "call": {"post": "{hotel}/charges"}, "undo": {"delete": "{hotel}/charges/{saga.step_key}"}}
  ]})";

// Two concurrent requests for one saga, one for another, and one for a saga that is compensated.
class UsersSagaRun : public testing::Test {
 protected:
  UsersSagaRun() {
    ledger.run = "run7";
    ledger.scenario = "mixed";
    ledger.system = "saga trip";
    ledger.keyed = true;
    ledger.started_at = world.now();
    for (const NodeInfo& node : world.nodes) ledger.targets.push_back(node.url);
    ledger.user_ids = {""};
    ledger.phases = {{"mixed", false}};
    send(OrderKind::duplicate, 0);
    const LedgerEntry& winner = accept(send(OrderKind::duplicate, 0));
    ledger.entries[0].outcome = RequestOutcome::duplicate;
    ledger.entries[0].http_status = 200;
    ledger.entries[0].order = winner.order;
    accept(send(OrderKind::single, 1));
    accept(send(OrderKind::payment_fail, 2));
  }
  LedgerEntry& send(OrderKind kind, std::uint32_t group) {
    LedgerEntry entry;
    entry.operation = ledger.entries.size();
    entry.group = group;
    entry.kind = kind;
    entry.target = static_cast<std::uint16_t>(entry.operation % ledger.targets.size());
    entry.planned = entry.sent = world.now();
    entry.done = entry.sent + 5ms;
    ledger.entries.push_back(entry);
    return ledger.entries.back();
  }
  LedgerEntry& accept(LedgerEntry& entry) {
    const FlowHistory& flow = start(entry);
    entry.outcome = RequestOutcome::accepted;
    entry.http_status = 202;
    entry.order = flow.flow.order.id.uuid;
    return entry;
  }
  // A saga with the request's key, which has ended.
  FlowHistory& start(const LedgerEntry& entry, const std::string& other_key = "") {
    const std::string key = other_key.empty() ? ledger.idempotency_key(entry) : other_key;
    const SagaId id = SagaId::fresh();
    FlowHistory& flow = world.flows.emplace_back();
    flow.flow.order.id = order_of(id);
    Saga& saga = flow.flow.saga.emplace(new_saga(*definition, id, moment(entry)));
    saga.own_definition = {definition};
    saga.input = "{}";
    saga.key = key;
    saga.correlation = ledger.correlation_sent(entry).text();
    world.claims.push_back({digest_of_saga_key("trip", key), order_of(id), true});
    command(flow, StartSaga{}, entry);
    reply(flow, 0, Succeeded{}, Direction::action, entry);
    if (entry.kind == OrderKind::payment_fail) {
      reply(flow, 1, Refused{"declined"}, Direction::action, entry);
      reply(flow, 0, Succeeded{}, Direction::compensation, entry);
    } else {
      reply(flow, 1, Succeeded{}, Direction::action, entry);
    }
    EXPECT_TRUE(is_terminal(flow.flow.saga->status));
    return flow;
  }
  void reply(FlowHistory& flow, std::size_t step, Outcome outcome, Direction direction, const LedgerEntry& entry) {
    command(flow, StepReply{step, direction, 1, std::move(outcome)}, entry);
  }
  void command(FlowHistory& flow, const SagaCommand& it, const LedgerEntry& entry) {
    world.pass(1ms);
    auto decided = decide(*definition, *flow.flow.saga, it, moment(entry));
    ASSERT_TRUE(decided) << decided.error().message;
    flow.flow.saga = std::move(decided->saga);
    for (Event& event : decided->events) {
      event.node = world.nodes[entry.target].name;
      event.occurred_at = world.now();
      flow.events.push_back(std::move(event));
    }
  }
  Moment moment(const LedgerEntry& entry) const { return {world.now(), world.nodes[entry.target].name, 1, 7}; }
  FlowHistory& flow_of(std::size_t entry) {
    return *std::find_if(world.flows.begin(), world.flows.end(), [&](const FlowHistory& flow) {
      return flow.flow.order.id.uuid == ledger.entries[entry].order;
    });
  }
  Examination examined() {
    world.number_events();
    const auto history = world.history();
    ExamineOptions options;
    options.check = {.drained = true, .scratch = small_scratch()};
    options.run = ledger.run;
    options.ledger = &ledger;
    return examine(*history, options).value();
  }
  std::string ruling(std::string_view verdict) {
    const auto verdicts = examined().verdicts;
    return std::string(to_string(named(verdicts, verdict).ruling));
  }

  World world;
  Ledger ledger;
  const DefinitionPointer definition = compile_definition(short_trip, 1).value();
};

TEST_F(UsersSagaRun, ThatIsCorrectPassesAndIsCounted) {
  const Examination run = examined();
  for (const Verdict& verdict : run.verdicts)
    EXPECT_TRUE(verdict.ruling == Ruling::pass || !verdict.counted) << verdict.name << ": " << verdict.reason;
  EXPECT_EQ(run.orders, 3u);
  EXPECT_EQ(run.sagas.counts.completed, 2u);
  EXPECT_EQ(run.sagas.counts.compensated, 1u);
  std::uint64_t distributed = 0;
  for (const NodeShare& node : run.distribution.nodes) distributed += node.orders;
  EXPECT_EQ(distributed, 3u);
}

TEST_F(UsersSagaRun, AnAcceptedSagaThatIsGoneIsFound) {
  world.remove(flow_of(2));
  EXPECT_EQ(ruling("no-lost-order"), "FAIL");
}

TEST_F(UsersSagaRun, ASecondSagaOfOneKeyIsFound) {
  start(ledger.entries[0]);
  EXPECT_EQ(ruling("one-order-per-duplicate-group"), "FAIL");
}

TEST_F(UsersSagaRun, ASagaThatNoRequestStartedIsFound) {
  FlowHistory& flow = start(ledger.entries[2], "LT-run7-S-00000099");
  flow.flow.saga->correlation = flow.flow.saga->id.text();
  EXPECT_EQ(ruling("no-phantom-order"), "FAIL");
}

TEST_F(UsersSagaRun, AnAnswerThatNamesTheSagaOfAnotherKeyIsFound) {
  std::swap(ledger.entries[1].order, ledger.entries[2].order);
  EXPECT_EQ(ruling("answer-matches-database"), "FAIL");
}

TEST_F(UsersSagaRun, ARequestWithoutAnAnswerIsResolvedByItsSaga) {
  LedgerEntry& entry = ledger.entries[2];
  entry.outcome = RequestOutcome::indeterminate;
  entry.order = Uuid{};
  const auto verdicts = examined().verdicts;
  EXPECT_EQ(named(verdicts, "indeterminate-resolved").ruling, Ruling::pass);
  EXPECT_THAT(named(verdicts, "indeterminate-resolved").reason, testing::HasSubstr("1 took effect, 0 did not"));
}

TEST_F(UsersSagaRun, WithoutOneThatFailsAsRequestedIsNotEnough) {
  std::swap(ledger.entries[2].kind, ledger.entries[3].kind);
  for (const std::size_t entry : {2u, 3u})
    flow_of(entry).flow.saga->key = ledger.idempotency_key(ledger.entries[entry]);
  EXPECT_EQ(ruling("not-vacuous"), "UNKNOWN");
}

}  // namespace
}  // namespace sagactl
