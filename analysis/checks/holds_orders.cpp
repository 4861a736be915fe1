// That there was something to look at: over an empty database every other check would hold.
#include <fmt/format.h>

#include "analysis/checks/database_checks.hpp"
#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

class HoldsOrders final : public Check {
  static constexpr std::string_view name = "not-vacuous";

 public:
  void see(const FlowFacts& facts) override {
    orders_ += facts.has_order;
    completed_ += facts.flow.saga && facts.flow.saga->status == SagaStatus::completed;
    undone_ += facts.flow.saga && facts.flow.saga->status == SagaStatus::compensated;
    failed_ += facts.flow.saga && facts.flow.saga->status == SagaStatus::failed;
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    if (orders_ == 0)
      return undecided(name, snapshot.whole ? "the database holds no order, so nothing was shown"
                                                : "no order was placed in that time, so nothing was shown");
    if (failed_ > 0 && completed_ + undone_ == 0)
      return undecided(name, fmt::format("{} failed and none was completed or undone, so nothing was shown",
                                         counted(failed_, "saga")));
    return Verdict{.name = std::string(name),
                   .ruling = Ruling::pass,
                   .reason = fmt::format("{}: {} completed and {} compensated", counted(orders_, "order"),
                                         grouped(completed_), grouped(undone_)),
                   .witness = nullptr};
  }

 private:
  std::uint64_t orders_ = 0, completed_ = 0, undone_ = 0, failed_ = 0;
};

}  // namespace

std::unique_ptr<Check> holds_orders() {
  return std::make_unique<HoldsOrders>();
}

}  // namespace sagactl
