#include "loadgen/faults/fault_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "common/text/secret_text.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::hours longest_wait{24 * 365};

// What the watcher runs when this program ends in the middle of the fault.
std::vector<std::string> undo_of(const Fault& fault) {
  const bool is_container = fault.action != FaultAction::run && fault.target.kind == FaultTarget::Kind::container;
  if (is_container && fault.action == FaultAction::pause) return {"docker", "unpause", fault.target.name};
  if (is_container && fault.action == FaultAction::restart) return {"docker", "start", fault.target.name};
  if (fault.undo.empty()) return {};
  return {"/bin/sh", "-c", fault.undo};
}

// Waits until `at_ns`; false when the load ended before.
bool wait_until(std::int64_t at_ns, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  const auto left = std::min<std::chrono::nanoseconds>(std::chrono::nanoseconds(at_ns - steady_ns()), longest_wait);
  if (left.count() > 0) changed.wait_for(lock, stop, left, [] { return false; });
  return !stop.stop_requested();
}

void fail(FaultMark& mark, const Error& error) {
  mark.done = false;
  if (!mark.outcome.empty()) mark.outcome += "; ";
  mark.outcome += error.message;
}

void succeed(FaultMark& mark, const std::string& what) {
  if (!mark.outcome.empty() && !what.empty()) mark.outcome += "; ";
  mark.outcome += what;
}

}  // namespace

Result<std::unique_ptr<FaultDriver>> FaultDriver::prepare(const std::vector<Fault>& faults) {
  std::vector<std::vector<std::string>> undo;
  for (const Fault& fault : faults) undo.push_back(undo_of(fault));
  auto watcher = FaultWatcher::start(undo);
  if (!watcher) return watcher.error();
  std::unique_ptr<FaultDriver> driver(new FaultDriver(std::move(*watcher)));
  for (const Fault& fault : faults) {
    auto planned = std::make_unique<Planned>();
    planned->fault = fault;
    planned->execution = make_execution(fault, driver->faults_.size(), *driver->watcher_);
    planned->mark.fault = without_secrets(fault.text());
    planned->mark.kind = to_string(fault.action);
    if (auto checked = planned->execution->check(); !checked)
      return Error{ErrorCode::invalid,
                   fmt::format("--fault '{}': {}; nothing was sent", planned->mark.fault, checked.error().message)};
    planned->mark.target = planned->execution->target();
    driver->faults_.push_back(std::move(planned));
  }
  return driver;
}

FaultDriver::~FaultDriver() {
  end();
}

void FaultDriver::begin(std::int64_t start_ns) {
  for (auto& planned : faults_)
    planned->thread = std::jthread(
        [this, start_ns, it = planned.get()](const std::stop_token& stop) { carry_out(*it, start_ns, stop); });
}

void FaultDriver::carry_out(Planned& planned, std::int64_t start_ns, const std::stop_token& stop) {
  FaultMark& mark = planned.mark;
  const std::int64_t begin_ns = start_ns + planned.fault.at.count() * 1000;
  if (!wait_until(begin_ns, stop)) return fail(mark, {ErrorCode::unavailable, "not done: the load ended before"});
  mark.began = wall_clock_now();
  const auto begun = planned.execution->begin();
  mark.ended = mark.began;
  mark.target = planned.execution->target();
  mark.done = begun.ok();
  if (begun)
    succeed(mark, *begun);
  else
    fail(mark, begun.error());
  if (!planned.execution->is_undone()) return;
  if (begun) {
    const std::int64_t end_ns = planned.fault.length ? begin_ns + planned.fault.length->count() * 1000 : INT64_MAX;
    const bool is_due = wait_until(end_ns, stop);
    if (!is_due && planned.fault.length) succeed(mark, "cut short by the end of the load");
  }
  mark.ended = wall_clock_now();
  const auto ended = planned.execution->end();
  const bool by_command =
      planned.fault.action == FaultAction::run || planned.fault.target.kind == FaultTarget::Kind::container;
  if (by_command) mark.ended = wall_clock_now();  // signals and starts are done at once, commands take their time
  if (ended)
    succeed(mark, *ended);
  else
    fail(mark, ended.error());
}

std::vector<FaultMark> FaultDriver::end() {
  for (auto& planned : faults_) planned->thread.request_stop();
  std::vector<FaultMark> marks;
  for (auto& planned : faults_) {
    if (planned->thread.joinable()) planned->thread.join();
    if (planned->mark.outcome.empty()) planned->mark.outcome = "not done: the load ended before";
    marks.push_back(planned->mark);
  }
  return marks;
}

}  // namespace sagactl
