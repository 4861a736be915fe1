#include "loadgen/messages/open_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sagactl {
namespace {

using testing::HasSubstr;

MessageStep listening_step() {
  MessageStep step;
  step.stays_open = true;
  step.waits = false;
  return step;
}

MessageStep shipped_step() {
  MessageStep step;
  step.from = "listen";
  step.conditions = {{MessageCondition::Place::pointer, "/order", "{order}"}};
  return step;
}

class Stream : public testing::Test {
 protected:
  void event(const std::string& order, std::int64_t at_ns = 1) {
    ReceivedMessage message;
    message.at_ns = at_ns;
    message.event = "shipped";
    message.text = R"({"order":)" + order + "}";
    stream_.received(std::move(message));
  }
  void use(StepTicket ticket, const std::string& order) { stream_.use({&shipped_, ticket, inbox_, {order}}); }
  StepReport only_report() {
    const auto reports = inbox_->take_all();
    EXPECT_EQ(reports.size(), 1u);
    return reports.empty() ? StepReport{} : reports.front();
  }

  const MessagePlan listening_{listening_step()}, shipped_{shipped_step()};
  const std::shared_ptr<StepInbox> inbox_ = std::make_shared<StepInbox>();
  OpenStream stream_{{&listening_, 1, inbox_, {}}};
};

TEST_F(Stream, TheStepThatOpensItIsDoneWhenItIsOpen) {
  EXPECT_EQ(inbox_->take_all().size(), 0u);
  stream_.opened(200);
  const StepReport report = only_report();
  EXPECT_EQ(report.ticket, 1u);
  EXPECT_EQ(report.end, StepReport::End::done);
  EXPECT_EQ(report.http_status, 200);
}

TEST_F(Stream, WhatCameBeforeAStepWaitsForItIsKept) {
  stream_.opened(200);
  only_report();
  event("17", 5);
  event("18", 6);
  use(2, "18");
  EXPECT_EQ(only_report().at_ns, 6);
  use(3, "17");
  EXPECT_EQ(only_report().at_ns, 5);
  use(4, "17");
  EXPECT_EQ(inbox_->take_all().size(), 0u);
  event("18");
  event("17", 7);
  EXPECT_EQ(only_report().at_ns, 7);
}

TEST_F(Stream, AStepThatWasCancelledSaysWhatCameInstead) {
  use(2, "17");
  EXPECT_FALSE(stream_.cancel(2).was_connected);
  stream_.opened(200);
  use(3, "17");
  EXPECT_EQ(stream_.cancel(3).what_came, "nothing came");
  event("18");
  use(4, "17");
  const CancelledStep cancelled = stream_.cancel(4);
  EXPECT_TRUE(cancelled.was_connected);
  EXPECT_EQ(cancelled.what_came, R"(1 of others came, the last: shipped {"order":18})");
  event("17");
  EXPECT_EQ(inbox_->take_all().size(), 0u);
}

TEST_F(Stream, AfterItHasEndedOnlyWhatHadComeIsThere) {
  stream_.opened(101);
  only_report();
  event("17");
  stream_.ended(StepReport::End::refused, TransportFailure::none, 0, "the server closed the WebSocket: 1001");
  use(2, "17");
  EXPECT_EQ(only_report().end, StepReport::End::done);
  use(3, "17");
  const StepReport report = only_report();
  EXPECT_EQ(report.end, StepReport::End::refused);
  EXPECT_THAT(report.why, HasSubstr("1001"));
}

TEST_F(Stream, AConnectionThatFailsEndsTheStepThatOpensIt) {
  stream_.ended(StepReport::End::lost, TransportFailure::no_connection, 0, "connection refused");
  const StepReport report = only_report();
  EXPECT_EQ(report.end, StepReport::End::lost);
  EXPECT_EQ(report.failure, TransportFailure::no_connection);
  EXPECT_EQ(report.why, "connection refused");
}

TEST_F(Stream, WhatNoStepTakesIsBounded) {
  stream_.opened(200);
  only_report();
  for (std::size_t i = 0; i < OpenStream::kept_max + 2; ++i) event(std::to_string(i));
  use(2, "1");
  EXPECT_THAT(stream_.cancel(2).what_came, HasSubstr("; 2 that no step had waited for were dropped"));
  use(3, "2");
  EXPECT_EQ(only_report().ticket, 3u);
}

TEST_F(Stream, IsClosedOnceWheneverItsUserHasHadEnough) {
  int closed = 0;
  stream_.on_close([&] { ++closed; });
  stream_.close();
  stream_.close();
  EXPECT_EQ(closed, 1);
  stream_.on_close([&] { ++closed; });  // the connection was only being made
  EXPECT_EQ(closed, 2);
}

}  // namespace
}  // namespace sagactl
