#include "loadgen/run.hpp"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "common/processors.hpp"
#include "loadgen/messages/message_traffic.hpp"
#include "loadgen/running/phase_plan.hpp"
#include "loadgen/running/preparation.hpp"
#include "loadgen/running/progress_report.hpp"
#include "loadgen/running/run_part.hpp"
#include "loadgen/running/run_result.hpp"
#include "loadgen/sending/thread_tuning.hpp"
#include "loadgen/sending/worker_pool.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t lead_ns = 2'000'000;  // time for the threads to start before the first request is due

// False when `stop` was requested before.
bool wait_until_ns(std::int64_t until_ns, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wakened;
  std::unique_lock lock(mutex);
  wakened.wait_for(lock, stop, std::chrono::nanoseconds(until_ns - steady_ns()), [] { return false; });
  return !stop.stop_requested();
}

// The load for which one machine of several sizes its workers and connections.
LoadOptions sized_for(LoadOptions options, const LoadShare& share) {
  if (share.count == 1) return options;
  if (options.rate) options.rate = *options.rate / share.count;
  if (!options.rate) options.concurrency = share.part_of(options.concurrency.value_or(default_concurrency));
  if (options.connections > 0) options.connections = share.part_of(options.connections);
  return options;
}

// One load test, or one machine's part of it, from its options to its result.
class LoadRun {
 public:
  LoadRun(const LoadOptions& options, std::stop_token stop, const ProgressCallback& progress, RunPart* part)
      : options_(options), stop_(std::move(stop)), progress_callback_(progress), part_(part) {
    if (part_) share_ = part_->share;
  }

  Result<RunResult> execute();

 private:
  Result<void> prepare();
  Result<void> start_workers();
  std::optional<PhaseStart> start_of(std::size_t phase) const;
  Result<void> run_phase(std::size_t index);
  bool splits(const LoadPhase& phase) const;
  Result<std::vector<PhaseShare>> open_shares(const LoadPhase& phase, UnitSource& source, std::int64_t start_ns);
  std::vector<PhaseShare> closed_shares(const LoadPhase& phase, SharedUnits& units, std::int64_t start_ns) const;
  std::vector<FaultMark> faults();
  RunResult take_result();
  void take_health(GeneratorHealth& health);

  LoadOptions options_;
  const std::stop_token stop_;
  const ProgressCallback& progress_callback_;
  RunPart* const part_;  // null: the whole run
  LoadShare share_;
  std::vector<LoadPhase> phases_;
  std::optional<RunPreparation> preparation_;
  std::optional<ProgressReport> progress_;
  std::optional<JourneyPlan> plan_;
  std::unique_ptr<MessageTraffic> messages_;  // null: no journey has any
  std::optional<WorkerPool> workers_;
  WorkerPoolSize size_;
  PlannedSeconds planned_;
  RunResult result_;
  PhaseNumbers next_;
};

Result<void> LoadRun::start_workers() {
  const LoadOptions& options = preparation_->options();
  const LoadOptions sized = sized_for(options, share_);
  const std::uint32_t cores = available_processors();
  size_ = size_worker_pool(sized, phases_, cores);
  raise_file_limit(std::uint64_t{size_.connections} + 256);
  plan_.emplace(options.profile, options.seed);
  if (plan_->has_messages()) {
    auto started = MessageTraffic::start(options, plan_->messages(false), plan_->messages(true));
    if (!started) return started.error();
    messages_ = std::move(*started);
  }
  WorkerPoolSetup setup;
  setup.targets = preparation_->addresses();
  setup.writer = &preparation_->writer();
  setup.plan = &*plan_;
  setup.messages = messages_.get();
  setup.size = size_;
  setup.users = static_cast<std::uint32_t>(preparation_->users().size());
  setup.cores = cores;
  if (part_) {
    setup.epoch_offset_ns = part_->epoch_offset_ns;
    setup.tap = part_->tap;
  }
  workers_.emplace(sized, setup);
  return {};
}

// All requests of a journey with several steps, or with cookies of its user, are sent by one machine.
bool LoadRun::splits(const LoadPhase& phase) const {
  if (share_.count == 1 || plan_->has_one_user()) return false;
  return splits_groups(phase, options_.rate ? 0 : options_.concurrency.value_or(default_concurrency));
}

Result<std::vector<PhaseShare>> LoadRun::open_shares(const LoadPhase& phase, UnitSource& source,
                                                     std::int64_t start_ns) {
  const auto times = plan_times(options_, phase);
  if (!times) return times.error();
  std::vector<PhaseShare> shares(workers_->size());
  for (PhaseShare& share : shares) share.plan.reserve(times->size() / shares.size() / share_.count + 1);
  std::size_t turn = 0;
  const bool splits_them = splits(phase);
  deal_units(*times, source, [&](const LoadUnit& unit, std::size_t place) {
    const auto part = share_.part_of(unit, splits_them);
    if (!part) return;
    shares[turn++ % shares.size()].plan.push_back({*part, start_ns + (*times)[place].count()});
    const std::size_t first = place + (part->operation - unit.operation);
    for (std::size_t i = first; i < first + part->count; ++i) planned_.add((*times)[i]);
  });
  return shares;
}

std::vector<PhaseShare> LoadRun::closed_shares(const LoadPhase& phase, SharedUnits& units,
                                               std::int64_t start_ns) const {
  std::vector<PhaseShare> shares(workers_->size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto parts = static_cast<std::uint32_t>(shares.size());
    shares[i].units = &units;
    shares[i].slots = size_.slots / parts + (i < size_.slots % parts ? 1 : 0);
    shares[i].end_ns = phase.duration ? start_ns + phase.duration->count() * 1000 : INT64_MAX;
  }
  return shares;
}

std::optional<PhaseStart> LoadRun::start_of(std::size_t phase) const {
  if (part_) return part_->gate->wait_for(phase, stop_);
  return PhaseStart{next_, steady_ns() + lead_ns};
}

Result<void> LoadRun::run_phase(std::size_t index) {
  const LoadPhase& phase = phases_[index];
  const auto start = start_of(index);
  if (!start) return {};
  const std::int64_t start_ns = start->start_ns;
  SharedUnits units(
      UnitSource(phase, options_.seed, start->numbers.operation, start->numbers.group, start->numbers.journey), share_,
      splits(phase));
  units.source().limit_journeys(journeys_max(options_.profile));
  planned_.begin_phase(phase.warmup, start_ns);
  std::vector<PhaseShare> shares;
  if (options_.rate) {
    auto planned = open_shares(phase, units.source(), start_ns);
    if (!planned) return planned.error();
    shares = std::move(*planned);
  } else {
    shares = closed_shares(phase, units, start_ns);
  }
  for (PhaseShare& share : shares) share.phase = static_cast<std::uint32_t>(index);
  if (part_ && !wait_until_ns(start_ns - lead_ns, stop_)) return {};
  progress_->begin_phase(phase, start_ns);
  if (!phase.warmup) preparation_->begin_faults(start_ns);
  workers_->run(std::move(shares), stop_, [&] {
    preparation_->renew();
    progress_->report(workers_->counts(), planned_);
  });
  progress_->report(workers_->counts(), planned_);  // all of it
  next_ = {units.source().next_operation(), units.source().next_group(), units.source().next_journey()};
  if (part_) {
    workers_->flush_entries();
    part_->gate->ended(index, next_);
  }
  if (phase.warmup) {
    workers_->discard_health();
    progress_->end_warmup(workers_->counts());
  }
  return {};
}

void LoadRun::take_health(GeneratorHealth& health) {
  health.connections_max = workers_->connections_max();
  if (options_.http2) health.streams = options_.streams;
  health.connections_peak = workers_->peak_connections();
  health.workers = size_.workers;
  health.pacing = workers_->pacing();
  health.tls.is_used = preparation_->uses_tls();
  health.tls.insecure = preparation_->uses_tls() && options_.connect.insecure;
  workers_->add_health_to(health);
}

// By the clock of the ledger.
std::vector<FaultMark> LoadRun::faults() {
  std::vector<FaultMark> marks = preparation_->end_faults();
  if (!part_) return marks;
  const std::int64_t own_offset_us = wall_clock_now().us - steady_ns() / 1000;
  const Duration moved{part_->epoch_offset_ns / 1000 - own_offset_us};
  for (FaultMark& mark : marks) {
    if (!mark.has_begun()) continue;
    mark.began = mark.began + moved;
    mark.ended = mark.ended + moved;
  }
  return marks;
}

RunResult LoadRun::take_result() {
  Ledger& ledger = result_.ledger;
  describe_run(ledger, *preparation_, phases_);
  ledger.ended_at = wall_clock_now();
  ledger.faults = faults();
  result_.interrupted = stop_.stop_requested();
  if (!workers_) return std::move(result_);
  ledger.steps = plan_->ledger_steps();
  for (std::size_t step = 0; step < plan_->size(); ++step)
    result_.first_answers.push_back(plan_->step(step).first_answers.texts());
  ledger.entries = workers_->take_entries();
  ledger.step_entries = workers_->take_step_entries();
  result_.user_headers = preparation_->user_headers();
  if (!part_) add_figures(result_, *plan_, planned_);
  take_health(result_.generator);
  return std::move(result_);
}

Result<void> LoadRun::prepare() {
  if (auto checked = check(options_); !checked) return checked;
  if (options_.run.empty()) options_.run = new_run_id();
  phases_ = plan_phases(options_);
  if (!options_.stages.empty()) options_.rate = stages_rate_max(options_.stages);
  preparation_.emplace(options_, stop_, share_);
  progress_.emplace(options_, progress_callback_);
  return part_ ? preparation_->adopt(std::move(part_->prepared)) : preparation_->prepare();
}

Result<RunResult> LoadRun::execute() {
  if (auto prepared = prepare(); !prepared) return prepared.error();
  result_.ledger.started_at = wall_clock_now();
  if (stop_.stop_requested()) return take_result();
  if (auto started = start_workers(); !started) return started.error();
  if (part_) part_->gate->prepared(preparation_->target_names());
  for (std::size_t index = 0; index < phases_.size() && !stop_.stop_requested(); ++index) {
    if (auto ran = run_phase(index); !ran) return ran.error();
  }
  preparation_->end_faults();
  if (!part_)
    if (auto done = preparation_->tear_down(); !done) result_.tear_down_error = done.error().message;
  return take_result();
}

}  // namespace

Result<RunResult> run_load(const LoadOptions& options, std::stop_token interrupt, const ProgressCallback& progress) {
  return LoadRun(options, std::move(interrupt), progress, nullptr).execute();
}

Result<RunResult> run_part(const LoadOptions& options, RunPart part, std::stop_token interrupt,
                           const ProgressCallback& progress) {
  return LoadRun(options, std::move(interrupt), progress, &part).execute();
}

}  // namespace sagactl
