// Lists of the orders and sagas of several systems in one database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

// By number: 1 OrderProcessing; 2, 3, 4 CheckoutSaga; 5 CheckoutChoreographySaga; 6, 7 ItemPurchaseSaga. The customer
// of an even one is buyer-0, of an odd one buyer-1; 1 has none. 3 and 6 are completed, 4 is compensated, 7 undoes its
// step 2. They were updated in the order 1, 2, 5, 7, 3, 6, 4; 3 and 6 at the same time.
class Systems : public StoreKindTest {
 protected:
  void SetUp() override {
    StoreKindTest::SetUp();
    if (!subject) return;
    WriterNode node(*subject, "node-1");
    const std::vector<std::string_view> sagas = {
        order_processing_saga,      checkout_saga,      checkout_saga,     checkout_saga,
        checkout_choreography_saga, item_purchase_saga, item_purchase_saga};
    std::vector<Flow> flows;
    for (int number = 1; number <= 7; ++number)
      node.write([&, before = flows](ChangeList& list, Timestamp now) {
        flows = before;
        flows.push_back(number == 1 ? new_flow(1, node.owner(), now)
                                    : new_flow_of(sagas[number - 1], number, node.owner(), now));
        list.create(flows.back());
      });
    node.write([&](ChangeList& list, Timestamp now) {
      Flow undoing = flows[6];
      undoing.saga->status = SagaStatus::compensating;
      undoing.saga->steps[1].status = StepStatus::succeeded;
      undoing.saga->steps[2].status = StepStatus::compensating;
      undoing.saga->updated_at = now;
      list.update(undoing);
    });
    node.write([&](ChangeList& list, Timestamp now) {
      list.update(completed(flows[2], now)).update(completed(flows[5], now));
    });
    node.write([&](ChangeList& list, Timestamp now) { list.update(compensated(flows[3], "no", now)); });
  }

  static std::vector<int> numbers_of(const FlowPage& page) {
    std::vector<int> numbers;
    for (const Flow& flow : page.flows)
      for (int number = 1; number <= 7; ++number)
        if (flow.order.id == order_id(number)) numbers.push_back(number);
    return numbers;
  }
  Queries& queries() { return subject->queries(); }
};

TEST_P(Systems, OrdersAreFilteredByTypeAndCustomer) {
  struct Row {
    const char* what;
    OrderFilter filter;
    std::vector<int> numbers;
  };
  const std::string checkout(checkout_saga), choreography(checkout_choreography_saga), purchase(item_purchase_saga),
      processing(order_processing_saga);
  const std::vector<Row> rows = {
      {"all", {}, {7, 6, 5, 4, 3, 2, 1}},
      {"checkouts", {.types = {checkout, choreography}}, {5, 4, 3, 2}},
      {"purchases", {.types = {purchase}}, {7, 6}},
      {"system A's", {.types = {processing}}, {1}},
      {"system A's and purchases", {.types = {processing, purchase}}, {7, 6, 1}},
      {"of no such type", {.types = {"NoSaga"}}, {}},
      {"of a type or none such", {.types = {"NoSaga", purchase}}, {7, 6}},
      {"of a customer", {.customer = "buyer-0"}, {6, 4, 2}},
      {"of a customer with an apostrophe", {.customer = "o'buyer"}, {}},
      {"a customer's checkouts", {.types = {checkout, choreography}, .customer = "buyer-1"}, {5, 3}},
      {"checkouts that are paid", {.status = OrderStatus::paid, .types = {checkout}}, {3}},
      {"a customer's that are pending", {.status = OrderStatus::pending, .customer = "buyer-1"}, {7, 5}},
      {"a user's checkouts", {.user = user_id(2), .types = {checkout, choreography}}, {5, 2}},
      {"a user's as a customer", {.user = user_id(2), .customer = "buyer-1"}, {5}},
  };
  for (const Row& row : rows) {
    const auto page = queries().orders(row.filter, {.limit = 100});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(numbers_of(*page), row.numbers) << row.what;
    EXPECT_EQ(page->total, static_cast<std::int64_t>(row.numbers.size())) << row.what;
  }
}

TEST_P(Systems, SagasAreFilteredByTypeAndStage) {
  struct Row {
    const char* what;
    SagaFilter filter;
    std::vector<int> numbers;
  };
  const std::string checkout(checkout_saga), purchase(item_purchase_saga);
  const std::vector<Row> rows = {
      {"of a type", {.type = checkout}, {4, 3, 2}},
      {"of a type and a status", {.type = checkout, .statuses = {SagaStatus::completed}}, {3}},
      {"of no such type", {.type = "NoSaga"}, {}},
      {"a status", {.stages = {{SagaStatus::completed, {}}}}, {6, 3}},
      {"a status or another", {.stages = {{SagaStatus::completed, {}}, {SagaStatus::compensated, {}}}}, {6, 4, 3}},
      {"doing a step", {.stages = {{SagaStatus::started, 1}}}, {5, 2, 1}},
      {"undoing a step", {.stages = {{SagaStatus::compensating, 2}}}, {7}},
      {"doing another step", {.stages = {{SagaStatus::started, 2}}}, {}},
      {"a step that few have", {.stages = {{SagaStatus::started, 9}}}, {}},
      {"a step that none has", {.stages = {{SagaStatus::started, 99}}}, {}},
      {"a step or a status", {.stages = {{SagaStatus::started, 1}, {SagaStatus::compensated, {}}}}, {5, 4, 2, 1}},
      {"a type's stage", {.type = checkout, .stages = {{SagaStatus::started, 1}}}, {2}},
      {"a stage and a status", {.statuses = {SagaStatus::compensating}, .stages = {{SagaStatus::started, 1}}}, {}},
  };
  for (const Row& row : rows) {
    const auto page = queries().sagas(row.filter, {.limit = 100});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(numbers_of(*page), row.numbers) << row.what;
    EXPECT_EQ(page->total, static_cast<std::int64_t>(row.numbers.size())) << row.what;
  }
}

TEST_P(Systems, SagasOfATypeAreListedInEveryVersionOfItsDefinition) {
  const SagaFilter purchases{.type = std::string(item_purchase_saga)};
  ASSERT_EQ(queries().sagas(purchases, {}).value().total, 2);
  WriterNode other(*subject, "node-2");
  other.write([&, flow = Flow{}](ChangeList& list, Timestamp now) mutable {
    flow = new_flow_of(item_purchase_saga, 8, other.owner(), now);
    flow.saga->definition_version = 2;
    list.create(flow);
  });
  EXPECT_EQ(queries().sagas(purchases, {}).value().flows.size(), 3u);
  EXPECT_EQ(queries().sagas(purchases, {}).value().total, 3);
  EXPECT_EQ(queries().orders({.types = {std::string(item_purchase_saga)}}, {}).value().total, 3);
}

TEST_P(Systems, AListMayBeginWithTheOldestOrTheLatestUpdated) {
  using Numbers = std::vector<int>;
  const auto sagas = [&](const Page& page) { return numbers_of(queries().sagas({}, page).value()); };
  const auto orders = [&](const Page& page) { return numbers_of(queries().orders({}, page).value()); };
  EXPECT_EQ(sagas({.limit = 9, .oldest_first = true}), (Numbers{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(sagas({.limit = 9, .sort_by = SortBy::updated}), (Numbers{4, 6, 3, 7, 5, 2, 1}));
  EXPECT_EQ(sagas({.limit = 9, .sort_by = SortBy::updated, .oldest_first = true}), (Numbers{1, 2, 5, 7, 3, 6, 4}));
  EXPECT_EQ(sagas({.offset = 2, .limit = 3, .sort_by = SortBy::updated}), (Numbers{3, 7, 5}));
  EXPECT_EQ(sagas({.offset = 5, .limit = 3, .oldest_first = true}), (Numbers{6, 7}));
  EXPECT_EQ(orders({.limit = 9, .oldest_first = true}), (Numbers{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(orders({.offset = 5, .limit = 9, .oldest_first = true}), (Numbers{6, 7}));
  EXPECT_EQ(orders({.limit = 9, .sort_by = SortBy::updated}), (Numbers{7, 6, 5, 4, 3, 2, 1})) << "as created";
  const FlowPage page =
      queries().sagas({.type = std::string(checkout_saga)}, {.limit = 2, .sort_by = SortBy::updated}).value();
  EXPECT_EQ(numbers_of(page), (Numbers{4, 3}));
  EXPECT_EQ(page.total, 3);
}

TEST_P(Systems, CountsTellTheTypesApart) {
  const Counts counts = queries().counts().value();
  const auto of = [&](std::string_view type, SagaStatus status) {
    const auto found = counts.sagas.find({std::string(type), status});
    return found == counts.sagas.end() ? 0 : found->second;
  };
  EXPECT_EQ(of(checkout_saga, SagaStatus::completed), 1);
  EXPECT_EQ(of(checkout_saga, SagaStatus::compensated), 1);
  EXPECT_EQ(of(checkout_choreography_saga, SagaStatus::started), 1);
  EXPECT_EQ(of(item_purchase_saga, SagaStatus::compensating), 1);
  EXPECT_EQ(of(order_processing_saga, SagaStatus::started), 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, Systems, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
