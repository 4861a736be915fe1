// What every store does with users' own sagas: their definitions, their rows, calls and keys.
#include <gtest/gtest.h>

#include <thread>

#include "server/ports/saga_keys.hpp"
#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

class OwnSagaContract : public StoreKindTest {
 protected:
  Store& store() { return subject->store(); }
  Queries& queries() { return subject->queries(); }

  DefinitionPointer publish(int version) {
    EXPECT_TRUE(store().publish(trip, trip_text(version)));
    return queries().definition(trip, {}).value()->definition;
  }
  // Stores a user's saga with its claim and an event.
  Flow start(WriterNode& node, const DefinitionPointer& definition, int number) {
    Flow flow;
    node.write([&](ChangeList& list, Timestamp now) {
      flow = new_own_flow(definition, number, node.owner(), now);
      const Saga& saga = *flow.saga;
      list.create(flow).add(node.event(flow, EventType::saga_step_completed, now));
      if (!saga.key.empty())
        list.add(Claim{digest_of_saga_key(saga.own_definition->key_space(), saga.key), flow.order.id, true});
    });
    return flow;
  }
  std::vector<OrderId> ids_of(const SagaFilter& filter) {
    const FlowPage page = queries().sagas(filter, {}).value();
    std::vector<OrderId> ids;
    for (const Flow& flow : page.flows) ids.push_back(flow.order.id);
    EXPECT_EQ(page.total, static_cast<std::int64_t>(ids.size()));
    return ids;
  }
};

using Ids = std::vector<OrderId>;

TEST_P(OwnSagaContract, APublishedTextMakesAVersionOnce) {
  const auto first = store().publish(trip, trip_text(1)).value();
  EXPECT_EQ(first.version, 1);
  EXPECT_TRUE(first.is_new);
  const auto again = store().publish(trip, trip_text(1)).value();
  EXPECT_EQ(again.version, 1);
  EXPECT_FALSE(again.is_new);
  subject->clock.advance(1s);
  EXPECT_EQ(store().publish(trip, trip_text(2)).value().version, 2);
  const auto back = store().publish(trip, trip_text(1)).value();
  EXPECT_EQ(back.version, 3) << "a text that is not the newest makes a version";
  EXPECT_TRUE(back.is_new);

  const auto all = queries().definitions().value();
  ASSERT_EQ(all.size(), 3u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].definition->version, static_cast<int>(i) + 1);
    EXPECT_EQ(all[i].definition->text, trip_text(i == 1 ? 2 : 1));
    EXPECT_EQ(all[i].definition->steps.size(), 3u);
    EXPECT_FALSE(all[i].is_retired);
  }
  EXPECT_EQ(all[1].published_at - all[0].published_at, 1s);
  EXPECT_EQ(describe(*queries().definition(trip, 2).value()), describe(all[1]));
  EXPECT_EQ(describe(*queries().definition(trip, {}).value()), describe(all[2]));
  EXPECT_FALSE(queries().definition(trip, 4).value());
  EXPECT_FALSE(queries().definition("journey", {}).value());
}

TEST_P(OwnSagaContract, NamesOfBuiltInSagasAreNotPublishedAndTextsThatDoNotRunNeither) {
  for (const std::string name : {"OrderProcessingSaga", "dtm-saga", "dtm-msg", "lra"})
    EXPECT_EQ(store().publish(name, trip_text(1)).error().code, ErrorCode::conflict) << name;
  EXPECT_EQ(store().publish("journey", trip_text(1)).error().code, ErrorCode::invalid) << "the text names another";
  EXPECT_EQ(store().publish(trip, R"({"saga":"trip"})").error().code, ErrorCode::invalid);
  EXPECT_TRUE(queries().definitions().value().empty());
  EXPECT_FALSE(queries().definition(std::string(order_processing_saga), {}).value()) << "it is no user's";
}

TEST_P(OwnSagaContract, ARetiredNameIsUsedAgainByPublishing) {
  EXPECT_FALSE(store().retire(trip).value());
  publish(1);
  publish(2);
  EXPECT_TRUE(store().retire(trip).value());
  for (const StoredDefinition& each : queries().definitions().value()) EXPECT_TRUE(each.is_retired);
  const auto again = store().publish(trip, trip_text(2)).value();
  EXPECT_EQ(again.version, 2);
  EXPECT_FALSE(again.is_new);
  for (const StoredDefinition& each : queries().definitions().value()) EXPECT_FALSE(each.is_retired);
}

TEST_P(OwnSagaContract, WhoPublishesAtOnceMakesNoTwoVersionsOfOneText) {
  std::vector<std::thread> publishers;
  std::array<Result<PublishedDefinition>, 6> made = {Error{}, Error{}, Error{}, Error{}, Error{}, Error{}};
  for (std::size_t i = 0; i < made.size(); ++i)
    publishers.emplace_back([&, i] { made[i] = store().publish(trip, trip_text(1)); });
  for (std::thread& each : publishers) each.join();
  int fresh = 0;
  for (const auto& each : made) {
    ASSERT_TRUE(each) << each.error().message;
    EXPECT_EQ(each->version, 1);
    fresh += each->is_new;
  }
  EXPECT_EQ(fresh, 1);
}

TEST_P(OwnSagaContract, ASagaIsLoadedWholeAsItWasWritten) {
  const DefinitionPointer old = publish(1), current = publish(2);
  WriterNode node(*subject, "node-1");
  const std::vector<DefinitionPointer> definitions = {old,
                                                      current,
                                                      dtm_definition("saga", 3, false, Duration{0}),
                                                      dtm_definition("msg", 1, true, 5s),
                                                      dtm_definition("msg", 100, false, 5s),
                                                      dtm_definition("msg", 2, true, Duration{0}),
                                                      lra_definition(3),
                                                      lra_definition(3, true)};
  for (int number = 0; number < 24; ++number) {
    const Flow flow = start(node, definitions[static_cast<std::size_t>(number) % definitions.size()], number);
    const Loaded loaded = load(*subject, node, {.flows = {flow.order.id}});
    ASSERT_EQ(loaded.flows.size(), 1u);
    EXPECT_EQ(describe(loaded.flows[0]), describe(flow)) << number;
    EXPECT_TRUE(loaded.flows[0].saga == flow.saga) << number;
    EXPECT_FALSE(has_order(loaded.flows[0]));
    EXPECT_EQ(loaded.flows[0].writer, "node-1");
    EXPECT_EQ(describe(*queries().flow(flow.order.id).value()), describe(flow));
  }
}

TEST_P(OwnSagaContract, AnLraGrowsAlsoByAnotherNodeAndWithoutAnEvent) {
  WriterNode node(*subject, "node-1"), other(*subject, "node-2");
  Flow flow = start(node, lra_definition(1), 1);
  for (std::size_t participants = 2; participants < 5; ++participants) {
    WriterNode& writer = participants % 2 == 0 ? other : node;
    writer.write([&](ChangeList& list, Timestamp now) {
      Saga& saga = *flow.saga;
      saga.own_definition = {lra_definition(participants)};
      saga.steps.emplace_back();
      saga.owner = writer.owner();
      saga.updated_at = now;
      list.update(flow);
    });
    const Loaded loaded = load(*subject, node, {.flows = {flow.order.id}});
    ASSERT_EQ(loaded.flows.size(), 1u);
    EXPECT_TRUE(loaded.flows[0].saga == flow.saga) << participants;
    EXPECT_EQ(loaded.flows[0].saga->own_definition->lra->participants.size(), participants);
    EXPECT_EQ(describe(*queries().flow(flow.order.id).value()), describe(flow));
  }
}

TEST_P(OwnSagaContract, AChangedSagaIsLoadedAsItWasChanged) {
  WriterNode node(*subject, "node-1"), other(*subject, "node-2");
  Flow flow = start(node, publish(1), 1);
  other.write([&](ChangeList& list, Timestamp now) {
    Saga& saga = *flow.saga;
    saga.steps[0] = {StepStatus::succeeded, 1, 3, false, now, now, "node-2", ""};
    saga.steps[0].kept = R"({"booking":"b-7"})";
    saga.steps[1] = {StepStatus::compensating, 1, 1, true, now, {}, "node-2", ""};
    saga.steps[1].undo_round = 2;
    saga.steps[1].wake_at = now + 5s;
    saga.wake_at = now + 5s;
    saga.status = SagaStatus::compensating;
    saga.version = 2;
    saga.updated_at = now;
    list.update(flow).add(other.event(flow, EventType::saga_step_completed, now));
    list.changes.taken_over.push_back(flow.order.id);
  });
  Loaded loaded = load(*subject, node, {.flows = {flow.order.id}});
  ASSERT_EQ(loaded.flows.size(), 1u);
  EXPECT_EQ(describe(loaded.flows[0]), describe(flow));
  EXPECT_EQ(loaded.flows[0].writer, "node-2");
  node.write([&](ChangeList& list, Timestamp) {
    for (StepState& step : flow.saga->steps) step.kept.clear(), step.location.clear();
    list.update(flow);
  });
  loaded = load(*subject, node, {.flows = {flow.order.id}});
  EXPECT_EQ(describe(loaded.flows[0]), describe(flow)) << "nothing is kept any more";
}

TEST_P(OwnSagaContract, ASagaThatExistsIsNotWrittenAsNew) {
  WriterNode node(*subject, "node-1");
  const Flow flow = start(node, publish(1), 1);
  const auto again = node.try_write([&](ChangeList& list, Timestamp) { list.create(flow); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::bug);
}

TEST_P(OwnSagaContract, CallsAreReadOldestFirst) {
  WriterNode node(*subject, "node-1");
  const Flow flow = start(node, publish(1), 1), other = start(node, publish(1), 2);
  std::vector<CallRecord> made;
  for (int i = 1; i <= 3; ++i) {
    subject->clock.advance(1s);
    node.write([&](ChangeList& list, Timestamp now) {
      for (int k = 0; k < 2; ++k) {
        made.push_back(call_record(flow, 2 * i + k, now + k * 1us));
        list.add(flow.order.id, made.back());
      }
      list.add(other.order.id, call_record(other, i, now));
    });
  }
  made.push_back(made.back());
  made.back().answer = std::string(kept_answer_max, 'x');
  made.back().at = made.back().at + 1us;
  node.write([&](ChangeList& list, Timestamp) { list.add(flow.order.id, made.back()); });
  EXPECT_TRUE(queries().calls(flow.saga->id).value() == made);
  EXPECT_EQ(queries().calls(other.saga->id).value().size(), 3u);
  EXPECT_TRUE(queries().calls(saga_of(order_id(99))).value().empty());
}

TEST_P(OwnSagaContract, ASagaIsFoundByItsKeyAndHoldsIt) {
  WriterNode node(*subject, "node-1");
  const Flow flow = start(node, publish(1), 1);
  EXPECT_EQ(describe(*queries().saga_by_key(trip, "trip-1").value()), describe(flow));
  EXPECT_FALSE(queries().saga_by_key(trip, "trip-2").value());
  EXPECT_FALSE(queries().saga_by_key("journey", "trip-1").value()) << "each definition has keys of its own";
  const KeyDigest key = digest_of_saga_key(trip, "trip-1");
  const Loaded loaded = load(*subject, node, {.claims = {key}});
  ASSERT_EQ(loaded.claims.size(), 1u);
  EXPECT_EQ(loaded.claims[0].order, flow.order.id);
  EXPECT_TRUE(loaded.claims[0].live);
  const std::vector<Claim> claims = claims_of(*subject->history().snapshot().value());
  ASSERT_EQ(claims.size(), 1u);
  EXPECT_TRUE(claims[0].live);
  EXPECT_EQ(queries().find_flow("trip-1").value()->order.id, flow.order.id) << "its correlation";
}

TEST_P(OwnSagaContract, OneThatWaitsIsNotLateBeforeItsTimer) {
  const DefinitionPointer definition = publish(1);
  WriterNode node(*subject, "node-1");
  node.create({1});
  const Saga saga = *start(node, definition, 3).saga;  // its timer fires 30 s later
  EXPECT_EQ(ids_of({.late_since = saga.updated_at}), (Ids{order_id(1)}));
  EXPECT_EQ(ids_of({.late_since = saga.updated_at + 30s}), (Ids{order_id(1)}));
  EXPECT_EQ(ids_of({.late_since = saga.updated_at + 31s}), (Ids{order_id(3), order_id(1)}));
}

TEST_P(OwnSagaContract, SagasAreListedByWhatIsTheirs) {
  const DefinitionPointer old = publish(1), current = publish(2);
  WriterNode node(*subject, "node-1");
  node.create({1, 2});  // orders, whose second step is in progress
  start(node, old, 3);
  start(node, current, 4);
  start(node, current, 5);
  start(node, dtm_definition("msg", 2, true, 5s), 7);  // waits in "prepared", and is in "delay"
  start(node, dtm_definition("msg", 2, false, 5s), 8);
  start(node, dtm_definition("saga", 2, false, Duration{0}), 10);
  const auto id = order_id;

  EXPECT_EQ(ids_of({.type = trip}), (Ids{id(5), id(4), id(3)}));
  EXPECT_EQ(ids_of({.type = "dtm-msg"}), (Ids{id(8), id(7)}));
  EXPECT_EQ(ids_of({.type = trip, .version = 2}), (Ids{id(5), id(4)}));
  EXPECT_EQ(ids_of({.type = "dtm-saga", .version = 1}), (Ids{id(10)}));
  EXPECT_EQ(ids_of({.version = 2}), (Ids{id(5), id(4)}));
  EXPECT_EQ(ids_of({.version = 9}), (Ids{}));
  EXPECT_EQ(ids_of({.key = "trip-4"}), (Ids{id(4)}));
  EXPECT_EQ(ids_of({.type = "dtm-msg", .key = "trip-7"}), (Ids{id(7)}));
  EXPECT_EQ(ids_of({.type = trip, .key = "trip-7"}), (Ids{}));
  EXPECT_EQ(ids_of({.type = "journey", .key = "trip-7"}), (Ids{}));
  EXPECT_EQ(ids_of({.step = "hotel"}), (Ids{id(5), id(4), id(3)}));
  EXPECT_EQ(ids_of({.step = "approval"}), (Ids{}));
  EXPECT_EQ(ids_of({.step = "payment_processing"}), (Ids{id(2), id(1)}));
  EXPECT_EQ(ids_of({.step = "prepared"}), (Ids{id(7)}));
  EXPECT_EQ(ids_of({.step = "delay"}), (Ids{id(8), id(7)}));
  EXPECT_EQ(ids_of({.step = "01"}), (Ids{id(10), id(8)}));
  EXPECT_EQ(ids_of({.step = "02"}), (Ids{id(10)}));
  EXPECT_EQ(ids_of({.input = {{"nights", "0"}}}), (Ids{id(4)}));
  EXPECT_EQ(ids_of({.type = trip, .input = {{"guest.name", "Änne \"2\""}, {"vip", "false"}}}), (Ids{id(5)}));
  EXPECT_EQ(ids_of({.statuses = {SagaStatus::started}, .input = {{"vip", "true"}}}), (Ids{id(4)}));
  EXPECT_EQ(ids_of({.type = "dtm-msg", .input = {{"vip", "true"}}}), (Ids{})) << "it names no members to be found by";
  EXPECT_EQ(ids_of({.input = {{"guest", "{}"}}}), (Ids{})) << "an object is no value to be found by";
  const std::int64_t all = queries().sagas({}, {.limit = 3}).value().total;
  EXPECT_EQ(all, 8);
  const FlowPage next = queries().sagas({}, {.limit = 2, .after = id(5)}).value();
  ASSERT_EQ(next.flows.size(), 2u);
  EXPECT_EQ(next.flows[0].order.id, id(4));
  EXPECT_TRUE(queries().sagas({}, {.limit = 2, .after = id(99)}).value().flows.empty()) << "there is no such flow";
  EXPECT_EQ(queries().orders({}, {}).value().total, 2);
}

TEST_P(OwnSagaContract, SagasWithoutAnOrderAreCountedByTheirNames) {
  const DefinitionPointer old = publish(1), current = publish(2);
  WriterNode node(*subject, "node-1");
  Flow flow = start(node, old, 1);
  start(node, current, 2);
  start(node, dtm_definition("msg", 2, true, 5s), 3);
  node.write([&](ChangeList& list, Timestamp now) {
    flow.saga->status = SagaStatus::completed;
    flow.saga->updated_at = now;
    list.update(flow);
  });
  Counts counts = queries().counts().value();
  std::erase_if(counts.sagas, [](const auto& each) { return each.second == 0; });
  EXPECT_EQ(counts.sagas.size(), 3u);
  EXPECT_EQ((counts.sagas[{trip, SagaStatus::completed}]), 1);
  EXPECT_EQ((counts.sagas[{trip, SagaStatus::started}]), 1);
  EXPECT_EQ((counts.sagas[{"dtm-msg", SagaStatus::started}]), 1);
  EXPECT_EQ(counts.events[EventType::saga_step_completed], 3);
  for (const auto& [status, n] : counts.orders) EXPECT_EQ(n, 0);
}

TEST_P(OwnSagaContract, ASagaOfADeadNodeIsAdopted) {
  const DefinitionPointer definition = publish(1);
  WriterNode dead(*subject, "node-1", 2s);
  Flow flow = start(dead, definition, 1);
  start(dead, dtm_definition("msg", 2, true, 5s), 2);
  subject->clock.advance(5s);
  WriterNode adopter(*subject, "node-2", 10s);
  EXPECT_EQ(store().adopt(adopter.writer(), Owners::dead, 10).value(), (Ids{order_id(1), order_id(2)}));
  const Loaded loaded = load(*subject, adopter, {.flows = {order_id(1)}});
  flow.saga->owner = adopter.owner();
  EXPECT_EQ(describe(loaded.flows.at(0)), describe(flow));
  EXPECT_EQ(loaded.flows[0].writer, "node-1") << "who wrote its last event";
}

TEST_P(OwnSagaContract, TheHistoryHasSagasWithTheirDefinitions) {
  WriterNode node(*subject, "node-1");
  const Flow published = start(node, publish(1), 1), inlined = start(node, dtm_definition("msg", 2, true, 5s), 2);
  std::vector<std::string> found;
  const auto history = subject->history().snapshot().value();
  ASSERT_TRUE(history->each_flow({}, [&](const FlowHistory& each) {
    found.push_back(describe(each.flow));
    EXPECT_EQ(each.events.size(), 1u);
    EXPECT_EQ(each.events[0].saga_type, each.flow.saga->type);
    return true;
  }));
  EXPECT_EQ(found, (std::vector{describe(published), describe(inlined)}));
}

TEST_P(OwnSagaContract, EverythingIsThereAfterTheProcessEnded) {
  if (GetParam().name == "Memory") return;
  Flow flow;
  {
    WriterNode node(*subject, "node-1");
    flow = start(node, publish(1), 4);
    node.write([&](ChangeList& list, Timestamp now) { list.add(flow.order.id, call_record(flow, 1, now)); });
  }
  subject->reopen();
  EXPECT_EQ(describe(*queries().flow(flow.order.id).value()), describe(flow));
  EXPECT_EQ(queries().calls(flow.saga->id).value().size(), 1u);
  EXPECT_EQ(ids_of({.input = {{"nights", "0"}}}), (Ids{flow.order.id}));
  EXPECT_EQ(store().publish(trip, trip_text(1)).value().is_new, false);
}

INSTANTIATE_TEST_SUITE_P(Stores, OwnSagaContract, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
