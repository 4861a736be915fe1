// Verdict not-vacuous over a database alone: there were orders, or sagas of users' own. Over an empty database every
// other check would pass.
#include <fmt/format.h>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"

namespace sagactl {
namespace {

class HoldsOrders final : public Check {
  static constexpr std::string_view name = "not-vacuous";

 public:
  void on_flow(const FlowFacts& facts) override {
    orders_ += facts.has_order;
    users_sagas_ += is_users_saga(facts.flow);
    completed_ += facts.flow.saga && facts.flow.saga->status == SagaStatus::completed;
    compensated_ += facts.flow.saga && facts.flow.saga->status == SagaStatus::compensated;
    failed_ += facts.flow.saga && facts.flow.saga->status == SagaStatus::failed;
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    if (orders_ + users_sagas_ == 0)
      return undecided(name, snapshot.complete ? "the database holds no orders, so nothing was verified"
                                               : "no orders were placed in that time, so nothing was verified");
    if (failed_ > 0 && completed_ + compensated_ == 0)
      return undecided(name, fmt::format("{} failed and none was completed or compensated, so nothing was verified",
                                         count_of(failed_, "saga")));
    return Verdict{.name = std::string(name),
                   .ruling = Ruling::pass,
                   .reason = fmt::format("{}: {} completed and {} compensated", what(), with_separators(completed_),
                                         with_separators(compensated_)),
                   .witness = nullptr};
  }

 private:
  std::string what() const {
    if (users_sagas_ == 0) return count_of(orders_, "order");
    const std::string sagas = count_of(users_sagas_, "saga") + " of users' own";
    return orders_ == 0 ? sagas : fmt::format("{} and {}", count_of(orders_, "order"), sagas);
  }

  std::uint64_t orders_ = 0, users_sagas_ = 0, completed_ = 0, compensated_ = 0, failed_ = 0;
};

}  // namespace

std::unique_ptr<Check> holds_orders() {
  return std::make_unique<HoldsOrders>();
}

}  // namespace sagactl
