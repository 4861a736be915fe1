// How each kind of fault is begun and undone.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>

#include "loadgen/faults/fault_command.hpp"
#include "loadgen/faults/fault_driver.hpp"

namespace sagactl {
namespace {

constexpr Duration end_limit = 10s;  // for a killed process to be gone

std::string name_of(const FaultTarget& target, pid_t pid) {
  const std::string process = fmt::format("process {}", pid);
  switch (target.kind) {
    case FaultTarget::Kind::pid:
      return process;
    case FaultTarget::Kind::node:
      return fmt::format("{}, {}", target.name, process);
    case FaultTarget::Kind::port:
      return fmt::format("port {}, {}", target.number, process);
    case FaultTarget::Kind::pidfile:
    case FaultTarget::Kind::command:
      return fmt::format("{}, {}", target.name, process);
    case FaultTarget::Kind::container:
      return fmt::format("container {}", target.name);
  }
  crash("unknown kind of target");
}

std::string others(std::size_t processes) {
  if (processes <= 1) return {};
  return fmt::format(" and {} that it started", processes - 1);
}

Error signal_failed(const char* what, pid_t pid, int failure) {
  return {ErrorCode::unavailable, fmt::format("process {} could not be {}: {}", pid, what, std::strerror(failure))};
}

// A fault of processes: the target is looked for again when it is due, since another may run by then. A pid that was
// given is the one process that had it before the load.
class ProcessExecution : public FaultExecution {
 public:
  explicit ProcessExecution(const Fault& fault) : fault_(fault) {}

  Result<void> check() override {
    const auto found = process_of(fault_.target);
    if (!found) return found.error();
    checked_ = *found;
    target_ = name_of(fault_.target, found->pid);
    const int failure = ProcessHandle(*found).send(0);
    if (failure == EPERM)
      return signal_failed(fault_.action == FaultAction::pause ? "paused" : "killed", found->pid, failure);
    return {};
  }
  std::string target() const override { return target_; }

 protected:
  const Fault& fault() const { return fault_; }

  // The process now, and all that it has started.
  Result<std::vector<ProcessRef>> find() {
    const auto root = process_of(fault_.target);
    if (!root) return root.error();
    if (fault_.target.kind == FaultTarget::Kind::pid && *root != checked_)
      return Error{ErrorCode::not_found,
                   fmt::format("process {} has ended, and its number is another's now", root->pid)};
    target_ = name_of(fault_.target, root->pid);
    return with_descendants(*root);
  }

 private:
  const Fault fault_;
  ProcessRef checked_;
  std::string target_;
};

class PauseExecution final : public ProcessExecution {
 public:
  PauseExecution(const Fault& fault, std::size_t place, FaultWatcher& watcher)
      : ProcessExecution(fault), place_(place), watcher_(watcher) {}

  // What a process starts while it is being stopped is found by looking again.
  Result<std::string> begin() override {
    constexpr int looks_max = 10;
    for (int look = 0; look < looks_max; ++look) {
      const auto found = find();
      if (!found) return found.error();
      const std::size_t before = paused_.size();
      for (const ProcessRef& process : *found)
        if (std::find(paused_.begin(), paused_.end(), process) == paused_.end()) paused_.push_back(process);
      if (paused_.size() == before) break;
      if (paused_.size() > processes_max)
        return Error{ErrorCode::too_large, fmt::format("more than {} processes", processes_max)};
      watcher_.arm(place_, paused_);  // before the first is stopped
      for (std::size_t i = before; i < paused_.size(); ++i)
        if (const int failure = ProcessHandle(paused_[i]).send(SIGSTOP); failure != 0 && failure != ESRCH)
          return signal_failed("paused", paused_[i].pid, failure);
    }
    return fmt::format("paused process {}{}", paused_.front().pid, others(paused_.size()));
  }

  Result<std::string> end() override {
    std::size_t gone = 0;
    std::optional<Error> failed;
    for (const ProcessRef& process : paused_) {
      const int failure = ProcessHandle(process).send(SIGCONT);
      gone += failure == ESRCH;
      if (failure != 0 && failure != ESRCH) failed = signal_failed("continued", process.pid, failure);
    }
    watcher_.disarm(place_);
    const bool root_is_gone = !find_process(paused_.front().pid);
    paused_.clear();
    if (failed) return *failed;
    if (root_is_gone) return std::string("it had ended when it was to be continued");
    return std::string(gone > 0 ? "continued, without those that had ended" : "continued");
  }
  bool is_undone() const override { return !paused_.empty(); }

 private:
  const std::size_t place_;
  FaultWatcher& watcher_;
  std::vector<ProcessRef> paused_;
};

// The first goes first, so that it cannot start others.
Result<std::string> kill_all(const std::vector<ProcessRef>& processes) {
  std::vector<ProcessHandle> handles;
  for (const ProcessRef& process : processes) handles.emplace_back(process);
  for (std::size_t i = 0; i < handles.size(); ++i)
    if (const int failure = handles[i].send(SIGKILL); failure != 0 && failure != ESRCH)
      return signal_failed("killed", processes[i].pid, failure);
  for (std::size_t i = 0; i < handles.size(); ++i)
    if (!handles[i].wait_for_end(end_limit))
      return Error{ErrorCode::unavailable, fmt::format("process {} was killed and did not end", processes[i].pid)};
  return fmt::format("killed process {}{}", processes.front().pid, others(processes.size()));
}

class KillExecution final : public ProcessExecution {
 public:
  using ProcessExecution::ProcessExecution;

  Result<std::string> begin() override {
    const auto found = find();
    return found ? kill_all(*found) : found.error();
  }
  Result<std::string> end() override { return std::string(); }
  bool is_undone() const override { return false; }
};

class RestartExecution final : public ProcessExecution {
 public:
  using ProcessExecution::ProcessExecution;

  Result<void> check() override {
    if (auto checked = ProcessExecution::check(); !checked) return checked;
    const auto found = process_of(fault().target);
    if (!found) return found.error();
    const auto start = StartOfProcess::read(found->pid);
    return start ? Result<void>() : start.error();
  }
  Result<std::string> begin() override {
    const auto found = find();
    if (!found) return found.error();
    auto start = StartOfProcess::read(found->front().pid);
    if (!start) return start.error();
    start_ = std::move(*start);
    return kill_all(*found);
  }
  Result<std::string> end() override {
    const auto started = start_->start_again();
    start_.reset();
    if (!started) return started.error();
    return fmt::format("started again as process {}", started->pid);
  }
  bool is_undone() const override { return start_.has_value(); }

 private:
  std::optional<StartOfProcess> start_;
};

class ContainerExecution final : public FaultExecution {
 public:
  ContainerExecution(const Fault& fault, std::size_t place, FaultWatcher& watcher)
      : fault_(fault), place_(place), watcher_(watcher) {}

  Result<void> check() override {
    const auto found = run_program({"docker", "inspect", "--type", "container", fault_.target.name});
    if (found) return {};
    return Error{ErrorCode::not_found,
                 fmt::format("docker finds no container {}: {}", fault_.target.name, found.error().message)};
  }
  Result<std::string> begin() override {
    watcher_.arm(place_, {});
    begun_ = fault_.action != FaultAction::kill;
    return docker(fault_.action == FaultAction::pause ? "pause" : "kill");
  }
  Result<std::string> end() override {
    begun_ = false;
    auto undone = docker(fault_.action == FaultAction::pause ? "unpause" : "start");
    watcher_.disarm(place_);
    return undone;
  }
  bool is_undone() const override { return begun_; }
  std::string target() const override { return name_of(fault_.target, 0); }

 private:
  Result<std::string> docker(const std::string& verb) const {
    const auto ran = run_program({"docker", verb, fault_.target.name});
    if (ran) return fmt::format("docker {} done", verb);
    return Error{ErrorCode::unavailable, fmt::format("docker {}: {}", verb, ran.error().message)};
  }

  const Fault fault_;
  const std::size_t place_;
  FaultWatcher& watcher_;
  bool begun_ = false;
};

class CommandExecution final : public FaultExecution {
 public:
  CommandExecution(const Fault& fault, std::size_t place, FaultWatcher& watcher)
      : fault_(fault), place_(place), watcher_(watcher) {}

  Result<void> check() override { return {}; }
  Result<std::string> begin() override {
    begun_ = !fault_.undo.empty();
    if (begun_) watcher_.arm(place_, {});
    return run("the command", fault_.command);
  }
  Result<std::string> end() override {
    begun_ = false;
    auto undone = run("its undo", fault_.undo);
    watcher_.disarm(place_);
    return undone;
  }
  bool is_undone() const override { return begun_; }
  std::string target() const override { return {}; }

 private:
  static Result<std::string> run(const char* what, const std::string& command) {
    const auto ran = run_shell(command);
    if (ran) return fmt::format("{} ended with code 0", what);
    return Error{ErrorCode::unavailable, fmt::format("{}: {}", what, ran.error().message)};
  }

  const Fault fault_;
  const std::size_t place_;
  FaultWatcher& watcher_;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<FaultExecution> make_execution(const Fault& fault, std::size_t place, FaultWatcher& watcher) {
  if (fault.action == FaultAction::run) return std::make_unique<CommandExecution>(fault, place, watcher);
  if (fault.target.kind == FaultTarget::Kind::container)
    return std::make_unique<ContainerExecution>(fault, place, watcher);
  switch (fault.action) {
    case FaultAction::pause:
      return std::make_unique<PauseExecution>(fault, place, watcher);
    case FaultAction::kill:
      return std::make_unique<KillExecution>(fault);
    case FaultAction::restart:
      return std::make_unique<RestartExecution>(fault);
    case FaultAction::run:
      break;
  }
  crash("unknown fault");
}

}  // namespace sagactl
