// What the dashboard looks for in every store: failed steps, errors, participants, text, times; and pages that are not
// counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/saga/compile_definition.hpp"
#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SagaFilters : public StoreKindTest {
 protected:
  void SetUp() override {
    StoreKindTest::SetUp();
    if (!subject) return;
    EXPECT_TRUE(subject->store().publish(trip, trip_text(1)));
    WriterNode node(*subject, "node-1");
    const DefinitionPointer definition = compile_definition(trip_text(1), 1).value();
    first_at = node.create({1, 2, 3});
    subject->clock.advance(1min);
    node.write([&](ChangeList& list, Timestamp now) {
      list.update(compensated(new_flow(1, node.owner(), first_at), "card 4711 declined [50%_?]", now));
      list.update(compensated(new_flow(2, node.owner(), first_at), "gateway timeout", now));
      list.update(completed(new_flow(3, node.owner(), first_at), now));
      second_at = now;
      Flow stopped = new_own_flow(definition, 4, node.owner(), now);
      stopped.saga->status = SagaStatus::failed;
      stopped.saga->error = "hotel: no answer";
      list.create(stopped);
      list.create(new_own_flow(definition, 5, node.owner(), now));
    });
  }
  std::vector<OrderId> ids_of(const SagaFilter& filter) {
    const FlowPage page = subject->queries().sagas(filter, {}).value();
    std::vector<OrderId> ids;
    for (const Flow& flow : page.flows) ids.push_back(flow.order.id);
    EXPECT_EQ(page.total, static_cast<std::int64_t>(ids.size()));
    return ids;
  }

  Timestamp first_at, second_at;
};

TEST_P(SagaFilters, FindTheStepThatWasRefusedOrAtWhichASagaStopped) {
  EXPECT_THAT(ids_of({.failed_step = "payment_processing"}), ElementsAre(order_id(2), order_id(1)));
  EXPECT_THAT(ids_of({.failed_step = "order_creation"}), IsEmpty()) << "it was undone";
  EXPECT_THAT(ids_of({.failed_step = "hotel"}), ElementsAre(order_id(4))) << "a saga that runs has not failed there";
  EXPECT_THAT(ids_of({.failed_step = "none"}), IsEmpty());
  EXPECT_THAT(ids_of({.statuses = {SagaStatus::compensated}, .failed_step = "payment_processing"}),
              ElementsAre(order_id(2), order_id(1)));
}

TEST_P(SagaFilters, FindErrorsByAPatternThatIsTheWholeError) {
  EXPECT_THAT(ids_of({.error_like = "card * declined*"}), ElementsAre(order_id(1)));
  EXPECT_THAT(ids_of({.error_like = "card 4711 declined [50%_?]"}), ElementsAre(order_id(1)));
  EXPECT_THAT(ids_of({.error_like = "card * declined [*%_?]"}), ElementsAre(order_id(1)));
  EXPECT_THAT(ids_of({.error_like = "card * declined ?*"}), IsEmpty()) << "only * stands for something";
  EXPECT_THAT(ids_of({.error_like = "card % declined*"}), IsEmpty());
  EXPECT_THAT(ids_of({.error_like = "CARD*"}), IsEmpty()) << "letters count as they are";
  EXPECT_THAT(ids_of({.error_like = "timeout"}), IsEmpty()) << "it is not the whole";
  EXPECT_THAT(ids_of({.error_like = "*timeout"}), ElementsAre(order_id(2)));
  EXPECT_THAT(ids_of({.error_like = "\\*"}), IsEmpty());
}

TEST_P(SagaFilters, FindSagasByAParticipantOfTheirDefinition) {
  EXPECT_THAT(ids_of({.participant = "hotel"}), ElementsAre(order_id(5), order_id(4)));
  EXPECT_THAT(ids_of({.participant = "payment"}), IsEmpty());
}

TEST_P(SagaFilters, FindTextInErrorsKeysAndInputs) {
  EXPECT_THAT(ids_of({.text = "no answer"}), ElementsAre(order_id(4)));
  EXPECT_THAT(ids_of({.text = "trip-5"}), ElementsAre(order_id(5)));
  EXPECT_THAT(ids_of({.text = "\"nights\":1"}), ElementsAre(order_id(5)));
  EXPECT_THAT(ids_of({.text = "%"}), ElementsAre(order_id(1)));
  EXPECT_THAT(ids_of({.text = "nowhere"}), IsEmpty());
}

TEST_P(SagaFilters, FindSagasByTheTimeOfTheirStart) {
  EXPECT_THAT(ids_of({.created_since = second_at}), ElementsAre(order_id(5), order_id(4)));
  EXPECT_THAT(ids_of({.created_since = first_at, .created_before = second_at}),
              ElementsAre(order_id(3), order_id(2), order_id(1)));
  EXPECT_THAT(ids_of({.created_since = second_at + 1us}), IsEmpty());
}

TEST_P(SagaFilters, APageThatIsNotCountedHasNoTotal) {
  Page page;
  page.limit = 2;
  page.count = false;
  const FlowPage found = subject->queries().sagas({}, page).value();
  EXPECT_EQ(found.flows.size(), 2u);
  EXPECT_EQ(found.total, -1);
}

INSTANTIATE_TEST_SUITE_P(Stores, SagaFilters, testing::ValuesIn(store_kinds()), name_of_kind);

TEST(Pattern, AStarStandsForAnyText) {
  for (const auto& [text, pattern] : {std::pair("", ""),
                                      {"", "*"},
                                      {"a", "a"},
                                      {"abc", "a*c"},
                                      {"abcbc", "a*bc"},
                                      {"abc", "***"},
                                      {"a*c", "a*c"},
                                      {"mississippi", "m*si*pi"}})
    EXPECT_TRUE(fits_pattern(text, pattern)) << text << ' ' << pattern;
  for (const auto& [text, pattern] :
       {std::pair("a", ""), {"", "a"}, {"abc", "a*d"}, {"abc", "b*"}, {"abc", "ab"}, {"mississippi", "m*xi*pi"}})
    EXPECT_FALSE(fits_pattern(text, pattern)) << text << ' ' << pattern;
}

}  // namespace
}  // namespace sagactl
