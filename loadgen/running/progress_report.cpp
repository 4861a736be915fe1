#include "loadgen/running/progress_report.hpp"

#include <algorithm>

#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t window_ns = 1'000'000'000;

}  // namespace

void ProgressReport::begin_phase(const LoadPhase& phase, std::int64_t start_ns) {
  phase_ = phase;
  start_ns_ = start_ns;
  last_report_ns_ = start_ns;
}

void ProgressReport::report(const EntryCounts& all, const PlannedSeconds& planned) {
  if (!progress_) return;
  const std::int64_t now = steady_ns();
  update_percentiles(all, now);
  LoadProgress progress;
  progress.phase = phase_.name;
  if (!phase_.warmup) {
    progress.sent = all.sent - warmup_.sent;
    progress.accepted = all.accepted - warmup_.accepted;
    progress.duplicates = all.duplicates - warmup_.duplicates;
    progress.errors = all.errors - warmup_.errors;
  }
  progress.orders_planned = orders_.value_or(0);
  progress.rate = static_cast<double>(all.sent - last_sent_) * 1e9 /
                  static_cast<double>(std::max<std::int64_t>(1, now - last_report_ns_));
  progress.elapsed = Duration{std::max<std::int64_t>(0, now - start_ns_) / 1000};
  progress.response_p50 = shown_p50_;
  progress.response_p99 = shown_p99_;
  progress.answered = all.by_target;
  progress.totals = all;
  progress.agents = agents_;
  if (is_open_loop_) progress.rate_planned = planned.of_phase(progress.elapsed);
  if (phase_.duration) {
    progress.left = std::max(Duration{0}, *phase_.duration - progress.elapsed);
  } else if (orders_ && progress.rate > 0 && *orders_ > progress.sent) {
    const double seconds = static_cast<double>(*orders_ - progress.sent) / progress.rate;
    progress.left = Duration{static_cast<std::int64_t>(seconds * 1e6)};
  }
  last_sent_ = all.sent;
  last_report_ns_ = now;
  progress_(progress);
}

// Percentiles of about the last second: of the times since the beginning of the window.
void ProgressReport::update_percentiles(const EntryCounts& all, std::int64_t now) {
  if (now - window_began_ns_ < window_ns) return;
  LiveHistogramCounts recent = all.response;
  for (std::size_t i = 0; i < recent.size(); ++i) recent[i] -= times_at_window_begin_[i];
  shown_p50_ = live_percentile(recent, 50);
  shown_p99_ = live_percentile(recent, 99);
  times_at_window_begin_ = all.response;
  window_began_ns_ = now;
}

}  // namespace sagactl
