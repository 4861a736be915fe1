#include "analysis/history/read_ahead.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace sagactl {
namespace {

// N numbered flows, and then optionally an error.
class NumberedFlows final : public History {
 public:
  explicit NumberedFlows(int count, std::optional<Error> error = {}) : count_(count), error_(std::move(error)) {}

  Result<void> each_flow(const HistoryFilter&, const std::function<bool(FlowHistory&)>& visit) override {
    for (int i = 1; i <= count_; ++i) {
      FlowHistory flow;
      flow.flow.order.version = i;
      ++read;
      if (!visit(flow)) return {};
    }
    if (error_) return *error_;
    return {};
  }
  Result<void> each_event(const std::function<bool(const NodeName&, std::int64_t, Timestamp)>&) override { return {}; }
  Result<std::vector<Event>> stock_events() override { return std::vector<Event>{}; }
  Result<std::vector<Stock>> stocks() override { return std::vector<Stock>{}; }
  Result<void> each_claim(const std::function<bool(const Claim&)>&) override { return {}; }
  Result<std::vector<NodeInfo>> nodes() override { return std::vector<NodeInfo>{}; }
  Timestamp taken_at() const override { return {}; }

  int read = 0;

 private:
  const int count_;
  const std::optional<Error> error_;
};

Result<void> nothing_else(History&) {
  return {};
}

TEST(ReadAhead, ShowsEveryFlowOnceInOrder) {
  for (const int count : {0, 1, 63, 64, 65, 5000}) {
    NumberedFlows history(count);
    int seen = 0;
    const auto done = read_ahead(
        history, {}, [&](const FlowHistory& flow) { EXPECT_EQ(flow.flow.order.version, ++seen); }, nothing_else);
    EXPECT_TRUE(done.ok());
    EXPECT_EQ(seen, count);
  }
}

TEST(ReadAhead, AReadErrorIsReturnedAfterTheFlowsThatWereRead) {
  NumberedFlows history(100, Error{ErrorCode::unavailable, "the file is gone"});
  int seen = 0;
  const auto done = read_ahead(
      history, {}, [&](const FlowHistory&) { ++seen; }, nothing_else);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().message, "the file is gone");
  EXPECT_EQ(seen, 100);
}

TEST(ReadAhead, TheReaderEndsWhenTheConsumerStops) {
  NumberedFlows history(1'000'000);
  const auto give_up = [](const FlowHistory&) { throw std::runtime_error("enough"); };
  EXPECT_THROW((void)read_ahead(history, {}, give_up, nothing_else), std::runtime_error);
  EXPECT_LT(history.read, 10'000) << "it reads a bounded number ahead";
}

TEST(ReadAhead, WithoutASecondViewTheRestIsReadAfterTheFlows) {
  NumberedFlows history(100);
  int seen = 0, seen_before_rest = -1;
  const auto done = read_ahead(
      history, {}, [&](const FlowHistory&) { ++seen; },
      [&](History& view) -> Result<void> {
        EXPECT_EQ(&view, &history);
        seen_before_rest = seen;
        return Error{ErrorCode::unavailable, "the rest is gone"};
      });
  EXPECT_EQ(seen_before_rest, 100);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().message, "the rest is gone");
}

// Two views of parts of a hundred flows each.
class DividedFlows final : public History {
 public:
  DividedFlows(int parts, int failing_part) : parts_(parts), failing_part_(failing_part) {}

  Result<void> each_flow(const HistoryFilter& filter, const std::function<bool(FlowHistory&)>& visit) override {
    for (auto i = filter.part.first; i <= filter.part.last; ++i) {
      FlowHistory flow;
      flow.flow.order.version = static_cast<int>(i);
      if (!visit(flow)) return {};
    }
    if (filter.part.first == failing_part_ * 100) return Error{ErrorCode::unavailable, "this part is gone"};
    return {};
  }
  Result<std::vector<FlowPart>> parts(std::int64_t) override {
    std::vector<FlowPart> parts;
    for (int part = 0; part < parts_; ++part) parts.push_back({part * 100, part * 100 + 99});
    return parts;
  }
  Result<History*> beside() override { return this; }
  Result<void> each_event(const std::function<bool(const NodeName&, std::int64_t, Timestamp)>&) override { return {}; }
  Result<std::vector<Event>> stock_events() override { return std::vector<Event>{}; }
  Result<std::vector<Stock>> stocks() override { return std::vector<Stock>{}; }
  Result<void> each_claim(const std::function<bool(const Claim&)>&) override { return {}; }
  Result<std::vector<NodeInfo>> nodes() override { return std::vector<NodeInfo>{}; }
  Timestamp taken_at() const override { return {}; }

 private:
  const int parts_, failing_part_;
};

TEST(ReadAhead, TwoReadersAreSeenInTheOrderOfTheParts) {
  DividedFlows history(200, -1);
  int seen = 0;
  bool has_rest = false;
  const auto done = read_ahead(
      history, {}, [&](const FlowHistory& flow) { EXPECT_EQ(flow.flow.order.version, seen++); },
      [&](History&) -> Result<void> {
        has_rest = true;
        return {};
      });
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(seen, 20'000);
  EXPECT_TRUE(has_rest);
}

TEST(ReadAhead, TheFlowsBeforeAPartThatFailedAreSeenAndNoneAfterIt) {
  DividedFlows history(200, 60);
  int seen = 0;
  const auto done = read_ahead(
      history, {}, [&](const FlowHistory& flow) { EXPECT_EQ(flow.flow.order.version, seen++); }, nothing_else);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().message, "this part is gone");
  EXPECT_EQ(seen, 6'100);
}

}  // namespace
}  // namespace sagactl
