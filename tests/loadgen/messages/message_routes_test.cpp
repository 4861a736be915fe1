#include "loadgen/messages/message_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sagactl {
namespace {

using testing::HasSubstr;

MessageStep paid_step() {
  MessageStep step;
  step.kind = MessageStep::Kind::consume;
  step.topic = "payments";
  step.conditions = {{MessageCondition::Place::pointer, "/type", "paid"},
                     {MessageCondition::Place::key, "", "{order}"}};
  return step;
}

SharedMessage message_of(const std::string& key, const std::string& type, std::int64_t at_ns = 1) {
  ReceivedMessage message;
  message.at_ns = at_ns;
  message.key = key;
  message.text = R"({"type":")" + type + "\"}";
  message.headers = {{"trace", "t1"}};
  return std::make_shared<const ReceivedMessage>(message);
}

class Routes : public testing::Test {
 protected:
  explicit Routes(const MessageRoutes::Limits& limits = {}) : routes_(limits) { routes_.add(plan_); }
  void wait(StepTicket ticket, const std::string& order) { routes_.wait({&plan_, ticket, inbox_, {"paid", order}}); }
  std::vector<StepTicket> reported() {
    std::vector<StepTicket> tickets;
    for (const StepReport& report : inbox_->take_all()) tickets.push_back(report.ticket);
    return tickets;
  }

  const MessagePlan plan_{paid_step()};
  const std::shared_ptr<StepInbox> inbox_ = std::make_shared<StepInbox>();
  MessageRoutes routes_;
};

TEST_F(Routes, AMessageGoesToTheJourneyWhoseValueItHas) {
  EXPECT_EQ(plan_.distinguishing, 1u);
  wait(1, "17");
  wait(2, "18");
  routes_.received("payments", message_of("18", "begun"));
  routes_.received("orders", message_of("18", "paid"));
  EXPECT_EQ(reported(), std::vector<StepTicket>{});
  routes_.received("payments", message_of("18", "paid"));
  EXPECT_EQ(reported(), std::vector<StepTicket>{2});
}

TEST_F(Routes, AMessageThatCameBeforeItsStepIsKeptForOneJourney) {
  routes_.received("payments", message_of("17", "begun", 1));
  routes_.received("payments", message_of("17", "paid", 2));
  wait(1, "17");
  wait(2, "17");
  const auto reports = inbox_->take_all();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].ticket, 1u);
  EXPECT_EQ(reports[0].at_ns, 2);
  routes_.received("payments", message_of("17", "paid", 3));
  EXPECT_EQ(reported(), std::vector<StepTicket>{2});
}

TEST_F(Routes, TheOldestOfSeveralIsTaken) {
  for (const std::int64_t at : {1, 2, 3}) routes_.received("payments", message_of("17", "paid", at));
  for (const std::int64_t at : {1, 2, 3}) {
    wait(1, "17");
    const auto reports = inbox_->take_all();
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].at_ns, at);
  }
}

TEST_F(Routes, AStepThatWasCancelledSaysWhatCameInstead) {
  wait(1, "17");
  EXPECT_EQ(routes_.cancel(plan_, 1).what_came, "nothing came to payments");
  wait(2, "17");
  routes_.received("payments", message_of("18", "paid"));
  EXPECT_EQ(routes_.cancel(plan_, 2).what_came, R"(1 messages came to payments, the last: key 18 {"type":"paid"})");
  routes_.received("payments", message_of("17", "paid"));
  EXPECT_EQ(reported(), std::vector<StepTicket>{});
}

class FewRoutes : public Routes {
 protected:
  FewRoutes() : Routes({.kept_for_ns = 100, .kept_max = 2, .kept_size_max = 1 << 20}) {}
};

TEST_F(FewRoutes, WhatNobodyWaitsForIsDroppedOldestFirst) {
  for (const char* key : {"1", "2", "3"}) routes_.received("payments", message_of(key, "paid", 1));
  wait(1, "1");
  wait(2, "2");
  EXPECT_EQ(reported(), std::vector<StepTicket>{2});
  routes_.received("payments", message_of("4", "paid", 102));  // "3" is too old then
  wait(3, "3");
  wait(4, "4");
  EXPECT_EQ(reported(), std::vector<StepTicket>{4});
  EXPECT_THAT(routes_.cancel(plan_, 3).what_came, HasSubstr("; 2 that no step had waited for were dropped"));
}

TEST(ReceivedMessage, MeetsAConditionWhereTheValueIsEqual) {
  using Place = MessageCondition::Place;
  ReceivedMessage message;
  message.event = "paid";
  message.key = "17";
  message.headers = {{"trace", "t1"}, {"trace", "t2"}};
  message.text = R"({"order":{"id":17,"name":"a\"b"},"list":["x"],"none":null})";
  struct Row {
    MessageCondition condition;
    const char* wanted;
    bool is_met;
  };
  for (const Row& row : {
           Row{{Place::event, "", ""}, "paid", true},
           Row{{Place::event, "", ""}, "pai", false},
           Row{{Place::key, "", ""}, "17", true},
           Row{{Place::header, "trace", ""}, "t1", true},
           Row{{Place::header, "trace", ""}, "t2", false},
           Row{{Place::header, "other", ""}, "", false},
           Row{{Place::pointer, "/order/id", ""}, "17", true},
           Row{{Place::pointer, "/order/id", ""}, "1", false},
           Row{{Place::pointer, "/order/name", ""}, "a\"b", true},
           Row{{Place::pointer, "/list/0", ""}, "x", true},
           Row{{Place::pointer, "/none", ""}, "", false},
       }) {
    const std::vector<MessageTest> tests = {MessageTest(row.condition)};
    const std::vector<std::string> wanted = {row.wanted};
    EXPECT_EQ(meets(message, tests, wanted), row.is_met) << row.condition.name << " " << row.wanted;
  }
}

}  // namespace
}  // namespace sagactl
