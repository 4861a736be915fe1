// Grouping sagas by why they failed.
#include "server/api/statistics/failures.hpp"

#include <gtest/gtest.h>

namespace sagactl::api {
namespace {

TEST(ErrorPattern, NumbersAndIdsAreLeftOut) {
  for (const auto& [error, pattern] : {std::pair("card declined", "card declined"),
                                       {"", ""},
                                       {"timeout after 30s", "timeout after *s"},
                                       {"250.5 of 1,000 left", "* of * left"},
                                       {"order ORD-17 refused", "order ORD-* refused"},
                                       {"hotel 0193a5c0-1111-7aaa-8bbb-0123456789ab is full", "hotel * is full"},
                                       {"key 4bf92f3577b34da6 is used", "key * is used"},
                                       {"deadbeef is a word", "deadbeef is a word"},
                                       {"HTTP 503: down.", "HTTP *: down."},
                                       {"잔액 100원 부족", "잔액 *원 부족"}})
    EXPECT_EQ(error_pattern(error), pattern) << error;
}

Flow failed_saga(int number, SagaStatus status, std::size_t step, StepStatus step_status, const std::string& error) {
  Flow flow;
  flow.order.id = OrderId{make_uuid_v7(Timestamp{number * 1'000'000}, 1, 1)};
  Saga& saga = flow.saga.emplace();
  saga.id = saga_of(flow.order.id);
  saga.type = std::string(order_processing_saga);
  saga.status = status;
  saga.error = error;
  saga.steps.resize(find_definition(saga.type)->steps.size());
  for (std::size_t i = 0; i < step; ++i) {
    saga.steps[i].status = StepStatus::compensated;
    saga.steps[i].tries = 2;
    saga.steps[i].began_at = Timestamp{1'000'000};
    saga.steps[i].ended_at = Timestamp{1'250'000};
  }
  saga.steps[step].status = step_status;
  saga.updated_at = Timestamp{number * 1'000'000};
  return flow;
}

TEST(FailurePatterns, AreByDefinitionStepErrorAndStatusTheMostFrequentFirst) {
  FailurePatterns patterns;
  patterns.add(failed_saga(3, SagaStatus::compensated, 1, StepStatus::failed, "card 3 declined"));
  patterns.add(failed_saga(2, SagaStatus::failed, 1, StepStatus::running, "no answer"));
  patterns.add(failed_saga(1, SagaStatus::compensated, 1, StepStatus::failed, "card 1 declined"));
  patterns.add(failed_saga(4, SagaStatus::compensated, 1, StepStatus::compensated, "cancelled by an operator"));
  const Json list = patterns.json(10);
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0]["step"], "payment_processing");
  EXPECT_EQ(list[0]["error"], "card * declined");
  EXPECT_EQ(list[0]["count"], 2);
  EXPECT_EQ(list[0]["example"], "card 3 declined") << "of the latest";
  EXPECT_EQ(list[0]["filter"],
            "status=compensated&definition=OrderProcessingSaga&failedStep=payment_processing&"
            "errorLike=card%20%2A%20declined");
  EXPECT_EQ(list[1]["step"], nullptr) << "a user had it compensated";
  EXPECT_EQ(list[2]["status"], "failed");
  EXPECT_EQ(list[2]["step"], "payment_processing") << "at which it stopped";
  EXPECT_EQ(patterns.json(1).size(), 1u);
}

TEST(UndoneSteps, AreCountedWithTheirTriesAndTime) {
  UndoneSteps steps;
  steps.add(failed_saga(1, SagaStatus::compensated, 1, StepStatus::failed, ""));
  steps.add(failed_saga(2, SagaStatus::compensating, 1, StepStatus::compensating, ""));
  const Json list = steps.json();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0], (Json{{"definition", "OrderProcessingSaga"},
                           {"step", "order_creation"},
                           {"undone", 2},
                           {"undoing", 0},
                           {"tries", 4},
                           {"meanMs", 250.0}}));
  EXPECT_EQ(list[1]["undoing"], 1);
  EXPECT_EQ(list[1]["meanMs"], nullptr);
}

}  // namespace
}  // namespace sagactl::api
