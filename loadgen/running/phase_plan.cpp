#include "loadgen/running/phase_plan.hpp"

#include <algorithm>

#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

void count_in(std::vector<std::uint64_t>& seconds, std::int64_t at_ns) {
  const auto second = static_cast<std::size_t>(at_ns / second_ns);
  if (second >= load_seconds_max) return;
  if (second >= seconds.size()) seconds.resize(second + 1);
  ++seconds[second];
}

}  // namespace

Result<std::vector<Nanoseconds>> plan_times(const LoadOptions& options, const LoadPhase& phase) {
  if (!options.stages.empty() && !phase.warmup)
    return plan_stages(options.stages, options.arrival == ArrivalKind::poisson, options.seed);
  Arrival arrival;
  arrival.kind = phase.warmup ? ArrivalKind::constant : options.arrival;
  arrival.rate = *options.rate;
  arrival.rate_from = options.rate_from;
  arrival.steps = options.rate_steps;
  return phase.orders ? plan_count(arrival, *phase.orders, options.seed)
                      : plan_duration(arrival, *phase.duration, options.seed);
}

std::uint64_t journeys_max(const Profile& profile) {
  std::uint64_t most = UINT64_MAX;
  for (const DataTable& table : profile.journey.data)
    if (table.order == RowOrder::once) most = std::min<std::uint64_t>(most, table.rows());
  return most;
}

void PlannedSeconds::begin_phase(bool is_warmup, std::int64_t start_ns) {
  is_warmup_ = is_warmup;
  start_ns_ = start_ns;
  phase_seconds_.clear();
}

void PlannedSeconds::add(Nanoseconds time) {
  count_in(phase_seconds_, time.count());
  if (is_warmup_) return;
  const std::int64_t at = start_ns_ + time.count();
  if (!first_ns_) first_ns_ = at;
  count_in(by_second_, at - *first_ns_);
}

double PlannedSeconds::of_phase(Duration elapsed) const {
  const auto second = static_cast<std::size_t>(elapsed.count() / 1'000'000);
  return second < phase_seconds_.size() ? static_cast<double>(phase_seconds_[second]) : 0;
}

void PlannedSeconds::fill_in(std::vector<LoadSecond>& seconds, bool interrupted) const {
  if (!interrupted && seconds.size() < by_second_.size()) seconds.resize(by_second_.size());
  for (std::size_t i = 0; i < std::min(seconds.size(), by_second_.size()); ++i) seconds[i].planned = by_second_[i];
}

}  // namespace sagactl
