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

TEST(ReadAhead, ShowsEveryFlowOnceInOrder) {
  for (const int count : {0, 1, 63, 64, 65, 5000}) {
    NumberedFlows history(count);
    int seen = 0;
    const auto done =
        each_flow_ahead(history, {}, [&](const FlowHistory& flow) { EXPECT_EQ(flow.flow.order.version, ++seen); });
    EXPECT_TRUE(done.ok());
    EXPECT_EQ(seen, count);
  }
}

TEST(ReadAhead, AReadErrorIsReturnedAfterTheFlowsThatWereRead) {
  NumberedFlows history(100, Error{ErrorCode::unavailable, "the file is gone"});
  int seen = 0;
  const auto done = each_flow_ahead(history, {}, [&](const FlowHistory&) { ++seen; });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().message, "the file is gone");
  EXPECT_EQ(seen, 100);
}

TEST(ReadAhead, TheReaderEndsWhenTheConsumerStops) {
  NumberedFlows history(1'000'000);
  const auto give_up = [](const FlowHistory&) { throw std::runtime_error("enough"); };
  EXPECT_THROW((void)each_flow_ahead(history, {}, give_up), std::runtime_error);
  EXPECT_LT(history.read, 10'000) << "it reads a bounded number ahead";
}

}  // namespace
}  // namespace sagactl
