#include "loadgen/agents/agent_run.hpp"

#include <fmt/format.h>

#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

AgentRun::AgentRun(RunDescription description, const AgentMachine& machine)
    : led_by_(std::move(description.led_by)),
      run_(description.options.run),
      entries_(std::make_shared<EntryFile>(machine.scratch)) {
  LoadOptions options = std::move(description.options);
  options.connect = machine.connect;
  options.scratch = machine.scratch;
  if (!options.kafka.brokers.empty() && machine.kafka) options.start_kafka = machine.kafka(options.kafka);
  RunPart part;
  part.share = description.share;
  part.prepared = std::move(description.prepared);
  part.epoch_offset_ns = description.epoch_offset_ns;
  part.tap = entries_;
  part.gate = this;
  thread_ = std::thread(
      [this, options = std::move(options), part = std::move(part)]() mutable { send(options, std::move(part)); });
}

AgentRun::~AgentRun() {
  stop();
  thread_.join();
}

void AgentRun::stop() {
  stop_.request_stop();
}

void AgentRun::send(const LoadOptions& options, RunPart part) {
  auto result = run_part(options, std::move(part), stop_.get_token(), [this](const LoadProgress& progress) {
    const std::lock_guard lock(mutex_);
    status_.counts = progress.totals;
    if (!entries_->is_whole()) stop();
  });
  const std::lock_guard lock(mutex_);
  if (!result || !entries_->is_whole()) {
    status_.state = PartState::failed;
    status_.error =
        result ? "its disk is full: the requests cannot be written to a temporary file" : result.error().message;
    return;
  }
  status_.generator = std::move(result->generator);
  status_.first_answers = std::move(result->first_answers);
  status_.faults = std::move(result->ledger.faults);
  status_.state = PartState::finished;
}

PartStatus AgentRun::status() const {
  const std::lock_guard lock(mutex_);
  PartStatus status = status_;
  status.entry_bytes = entries_->size();
  return status;
}

bool AgentRun::is_over() const {
  const std::lock_guard lock(mutex_);
  return status_.state == PartState::finished || status_.state == PartState::failed;
}

Result<void> AgentRun::begin_phase(std::size_t phase, const PhaseStart& start) {
  const std::lock_guard lock(mutex_);
  if (status_.state != PartState::waiting || status_.phases_ended != phase)
    return Error{ErrorCode::conflict, fmt::format("the part does not wait for phase {}", phase)};
  if (start.start_ns <= steady_ns())
    return Error{ErrorCode::conflict, fmt::format("the start of phase {} was announced after its time", phase)};
  start_ = NumberedStart{phase, start};
  status_.state = PartState::sending;
  changed_.notify_all();
  return {};
}

void AgentRun::prepared(const std::vector<std::string>& targets) {
  const std::lock_guard lock(mutex_);
  status_.targets = targets;
  status_.state = PartState::waiting;
}

std::optional<PhaseStart> AgentRun::wait_for(std::size_t phase, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const bool is_given = changed_.wait(lock, stop, [&] { return start_ && start_->phase == phase; });
  return is_given ? std::optional(start_->start) : std::nullopt;
}

void AgentRun::ended(std::size_t phase, const PhaseNumbers& next) {
  const std::lock_guard lock(mutex_);
  status_.phases_ended = static_cast<std::uint32_t>(phase + 1);
  status_.next = next;
  status_.state = PartState::waiting;
}

}  // namespace sagactl
