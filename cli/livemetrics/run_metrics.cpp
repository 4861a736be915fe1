#include "cli/livemetrics/run_metrics.hpp"

#include "common/id.hpp"
#include "common/text/secret_text.hpp"
#include "loadgen/agents/agent_totals.hpp"

namespace sagactl {
namespace {

constexpr const char* token_variable = "SAGACTL_METRICS_TOKEN";

}  // namespace

RunMetrics::RunMetrics(const Invocation& invocation, LoadTags tags, std::string scenario) : invocation_(invocation) {
  metrics_.tags = std::move(tags);
  metrics_.scenario = std::move(scenario);
  metrics_.instance = new_uuid().text();
  metrics_.started_at = metrics_.at = wall_clock_now();
}

Result<void> RunMetrics::open(const std::string& listen, const std::vector<std::string>& addresses) {
  const std::string token = invocation_.environment.get(token_variable).value_or("");
  std::vector<std::unique_ptr<MetricsTarget>> targets;
  std::vector<std::string> names;
  for (const std::string& address : addresses) {
    auto target = MetricsTarget::open(address, token);
    if (!target) return Error{target.error().code, "--metrics-to: " + target.error().message};
    targets.push_back(std::move(*target));
    names.push_back(without_secrets(std::string_view(address)));
  }
  if (!listen.empty()) {
    auto listener = MetricsListener::open(listen, [this] { return prometheus_text(now()); });
    if (!listener) return Error{listener.error().code, "--metrics-listen: " + listener.error().message};
    listener_.emplace(std::move(*listener));
    invocation_.info("metrics at " + listener_->url());
  }
  if (!targets.empty()) sender_.emplace(std::move(targets), std::move(names), [this] { return now(); });
  return {};
}

LiveMetrics RunMetrics::now() const {
  const std::lock_guard lock(mutex_);
  return metrics_;
}

void RunMetrics::begin_run() {
  const std::lock_guard lock(mutex_);
  earlier_ = metrics_.load.totals;
}

void RunMetrics::update(const LoadProgress& progress) {
  const std::lock_guard lock(mutex_);
  metrics_.load = progress;
  add_counts(metrics_.load.totals, earlier_);
  metrics_.at = wall_clock_now();
}

void RunMetrics::end_run() {
  const std::lock_guard lock(mutex_);
  metrics_.load.rate = 0;
  if (metrics_.load.rate_planned) metrics_.load.rate_planned = 0;
  metrics_.at = wall_clock_now();
}

void RunMetrics::wait_for_reader(const std::stop_token& stop) {
  if (listener_) listener_->wait_for_reader(stop);
}

void RunMetrics::end() {
  if (!sender_) return;
  for (const std::string& line : sender_->stop()) invocation_.info("sagactl: " + line);
}

}  // namespace sagactl
