#include "loadgen/sending/worker_pool.hpp"

#include <algorithm>
#include <thread>

#include "loadgen/schedule/load_share.hpp"

namespace sagactl {
namespace {

constexpr std::uint32_t workers_wanted_max = 8;
constexpr std::uint32_t open_connections_min = 32;
constexpr std::uint32_t open_connections_max = 1024;
constexpr double rate_for_a_worker = 2'000;
constexpr std::chrono::milliseconds watch_interval{250};

std::uint32_t largest_group(const std::vector<LoadPhase>& phases) {
  std::uint32_t largest = 1;
  for (const LoadPhase& phase : phases) {
    if (phase.mix.groups > 0) largest = std::max(largest, phase.mix.duplicates_max);
  }
  return largest;
}

// Open loop: the requests of a tenth of a second may be in flight before one has to wait. Closed loop: all may go to
// the same target.
std::uint32_t wanted_connections(const LoadOptions& options, std::uint32_t slots, std::uint32_t targets) {
  if (options.connections > 0) return options.connections * (options.http2 ? options.streams : 1);
  if (options.rate) {
    const auto tenth = static_cast<std::uint32_t>(*options.rate / 10);
    return std::clamp(tenth, open_connections_min, open_connections_max);
  }
  return std::max(slots, std::min(slots * targets, open_connections_max));
}

}  // namespace

WorkerPoolSize size_worker_pool(const LoadOptions& options, const std::vector<LoadPhase>& phases, std::uint32_t cores) {
  const auto targets = static_cast<std::uint32_t>(options.targets.size());
  const std::uint32_t per_worker_min = std::max(targets, largest_group(phases));
  WorkerPoolSize size;
  if (!options.rate) size.slots = options.concurrency.value_or(default_concurrency);
  size.connections = std::max(wanted_connections(options, size.slots, targets), per_worker_min);
  // Half of the cores: the others are left to the system under load, which is often on the same machine.
  size.workers = options.workers > 0 ? options.workers : std::clamp(cores / 2, 1u, workers_wanted_max);
  // Workers do not share connections, so at low rates one worker needs the fewest.
  if (options.rate && options.workers == 0)
    size.workers = std::min(size.workers, 1 + static_cast<std::uint32_t>(*options.rate / rate_for_a_worker));
  size.workers = std::clamp(size.connections / per_worker_min, 1u, size.workers);
  if (!options.rate) {
    size.workers = std::clamp(size.slots / largest_group(phases), 1u, size.workers);
  }
  return size;
}

namespace {

// Spins if a core is free for each worker and, with a server on this machine, for as many server threads.
Pacing pacing_for(const LoadOptions& options, const WorkerPoolSetup& setup) {
  if (options.pacing != Pacing::automatic) return options.pacing;
  const bool local = std::any_of(setup.targets.begin(), setup.targets.end(), is_on_this_machine);
  const std::uint32_t needed = local ? 2 * (setup.size.workers + 1) : setup.size.workers;
  return setup.cores >= needed ? Pacing::spin : Pacing::sleep;
}

}  // namespace

WorkerPool::WorkerPool(const LoadOptions& options, const WorkerPoolSetup& setup)
    : pacing_(pacing_for(options, setup)), store_(options.scratch), step_store_(options.scratch) {
  store_.set_sample(options.sample);
  store_.set_tap(setup.tap);
  step_store_.set_tap(setup.tap);
  LoadWorkerSetup worker;
  worker.targets = setup.targets;
  worker.writer = setup.writer;
  worker.plan = setup.plan;
  worker.messages = setup.messages;
  worker.store = &store_;
  worker.step_store = &step_store_;
  worker.seed = options.seed;
  worker.users = setup.users;
  worker.same_user_in_group = options.profile.duplicates_by == Profile::DuplicatesBy::key;
  worker.timeout_ns = options.timeout.count() * 1000;
  worker.epoch_offset_ns = setup.epoch_offset_ns.value_or(wall_clock_now().us * 1000 - steady_ns());
  for (std::uint32_t i = 0; i < setup.size.workers; ++i) {
    if (options.http2) worker.streams = {options.streams, options.connections == 0};
    worker.connections = divided(setup.size.connections, setup.size.workers, i);
    // A closed loop's backlog never exceeds its slots.
    worker.backlog_max = std::max(divided(options.backlog_max, setup.size.workers, i), setup.size.slots + 256);
    workers_.push_back(std::make_unique<LoadWorker>(worker));
    worker.first_target += worker.connections;
  }
}

std::uint32_t WorkerPool::peak_connections() const {
  std::size_t most = 0;
  for (const auto& worker : workers_) most += worker->peak_connections();
  return static_cast<std::uint32_t>(most);
}

std::uint32_t WorkerPool::connections_max() const {
  std::size_t most = 0;
  for (const auto& worker : workers_) most += worker->connections_max();
  return static_cast<std::uint32_t>(most);
}

void WorkerPool::run(std::vector<PhaseShare> shares, const std::stop_token& stop, const std::function<void()>& watch) {
  running_ = workers_.size();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    threads.emplace_back([this, i, &shares, &stop] {
      workers_[i]->run(std::move(shares[i]), pacing_, stop);
      const std::lock_guard lock(mutex_);
      --running_;
      ended_.notify_all();
    });
  }
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (ended_.wait_for(lock, watch_interval, [this] { return running_ == 0; })) break;
    }
    watch();
  }
  for (std::thread& thread : threads) thread.join();
}

EntryCounts WorkerPool::counts() const {
  EntryCounts counts;
  for (const auto& worker : workers_) worker->add_to(counts);
  return counts;
}

void WorkerPool::flush_entries() {
  for (const auto& worker : workers_) worker->flush_entries();
}

LedgerEntries WorkerPool::take_entries() {
  flush_entries();
  return store_.take();
}

LedgerEntries WorkerPool::take_step_entries() {
  flush_entries();
  return step_store_.take();
}

void WorkerPool::add_health_to(GeneratorHealth& health) {
  std::int64_t cpu_ns = 0;
  std::int64_t run_ns = 0;
  health.reconnects = 0;
  for (const auto& worker : workers_) {
    WorkerHealth part = worker->take_health();
    health.own_lateness.merge(part.own_lateness);
    health.tls.handshakes.merge(part.handshakes.times);
    health.tls.resumed += part.handshakes.resumed;
    health.skipped += part.skipped;
    health.backlog_peak = std::max(health.backlog_peak, part.backlog_peak);
    health.reconnects += static_cast<std::uint32_t>(worker->reconnects());
    cpu_ns += part.cpu_ns;
    run_ns += part.run_ns;
  }
  health.cpu_seconds = static_cast<double>(cpu_ns) / 1e9;
  health.cpu_share = run_ns == 0 ? 0 : static_cast<double>(cpu_ns) / static_cast<double>(run_ns);
}

void WorkerPool::discard_health() {
  for (const auto& worker : workers_) worker->take_health();
}

}  // namespace sagactl
