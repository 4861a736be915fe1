#include "loadgen/agents/led_agent.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

constexpr int clock_readings = 20;
constexpr std::int64_t clock_uncertainty_max_ns = 250'000'000;
constexpr std::chrono::milliseconds contact_interval{200};
constexpr Duration command_time = 30s;  // a profile may come with large data files

HttpClientOptions with_time(HttpClientOptions options, Duration time) {
  options.timeout = time;
  options.address_time = contact_lost_after;
  return options;
}

}  // namespace

GatheredEntries::GatheredEntries(const Scratch& scratch, std::vector<bool> creates, std::vector<std::string> targets)
    : creates_(std::move(creates)), targets_(std::move(targets)), orders_(scratch), steps_(scratch) {}

std::uint16_t GatheredEntries::target(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find(targets_.begin(), targets_.end(), name);
  const auto place = static_cast<std::uint16_t>(found - targets_.begin());
  if (found == targets_.end()) targets_.push_back(name);
  return place;
}

std::vector<std::string> GatheredEntries::targets() const {
  const std::lock_guard lock(mutex_);
  return targets_;
}

void GatheredEntries::add(const std::vector<LedgerEntry>& entries) {
  for (const bool creates : {true, false}) {
    EntryStore& store = creates ? orders_ : steps_;
    std::optional<EntryChunk> chunk;
    for (const LedgerEntry& entry : entries) {
      if (creates_[entry.step] != creates) continue;
      if (!chunk) chunk = store.empty_chunk();
      chunk->push_back(entry);
      if (creates && sample_ && entry.outcome == RequestOutcome::accepted) sample_->offer(entry);
      if (chunk->size() < EntryStore::chunk_size) continue;
      store.add(std::move(*chunk));
      chunk.reset();
    }
    if (chunk) store.add(std::move(*chunk));
  }
}

LedAgent::LedAgent(LedAgentSetup setup)
    : setup_(std::move(setup)),
      commands_(setup_.url, with_time(setup_.http, command_time)),
      contact_(setup_.url, with_time(setup_.http, contact_lost_after)) {}

LedAgent::~LedAgent() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  const bool may_be_there = !state_.is_lost() || state_.status.state == PartState::failed;
  if (is_handed_over_ && may_be_there) [[maybe_unused]]
    const auto released = commands_.release(setup_.run);  // if this fails, the agent ends by itself
}

Result<void> LedAgent::greet(const std::string& version) {
  auto greeting = commands_.greet();
  if (!greeting) return greeting.error();
  greeting_ = std::move(*greeting);
  if (greeting_.protocol != agent_protocol || greeting_.version != version)
    return Error{ErrorCode::conflict, fmt::format("agent {} is of version {}, and this is {}: all have to be the same",
                                                  name(), greeting_.version, version)};
  if (!greeting_.busy_by.empty())
    return Error{ErrorCode::busy, fmt::format("agent {} is busy since {}, with a run of {}", name(),
                                              greeting_.busy_since, greeting_.busy_by)};
  auto clock = commands_.compare_clocks(clock_readings);
  if (!clock) return clock.error();
  clock_ = *clock;
  if (!clock_.any() || clock_.uncertainty_ns() > clock_uncertainty_max_ns)
    return Error{ErrorCode::unavailable,
                 fmt::format("agent {}: its clock can be compared only to {}, since its answers take so long; {} is "
                             "the most with which the requests of several machines are one load",
                             name(), format_duration(Duration{clock_.any() ? clock_.uncertainty_ns() / 1000 : 0}),
                             format_duration(Duration{clock_uncertainty_max_ns / 1000}))};
  return {};
}

Result<void> LedAgent::hand_over(const std::string& description) {
  auto handed = commands_.hand_over(description);
  is_handed_over_ = handed.ok();
  return handed;
}

void LedAgent::follow(GatheredEntries& entries, const EntryLimits& limits) {
  entries_ = &entries;
  limits_ = limits;
  state_.heard_ns = state_.asked_ns = steady_ns();
  thread_ = std::jthread([this](const std::stop_token& stop) { keep_in_touch(stop); });
}

LedAgent::State LedAgent::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void LedAgent::begin_phase(std::size_t phase, PhaseStart start) {
  start.start_ns += clock_.difference_ns();
  if (const auto begun = commands_.begin_phase(setup_.run, phase, start); !begun) lose(begun.error());
}

void LedAgent::stop() {
  if (state().is_over()) return;
  [[maybe_unused]] const auto stopped = commands_.stop(setup_.run);  // an agent that is not reached stops by itself
}

std::int64_t LedAgent::clock_drift_ns() {
  if (state().is_lost()) return 0;
  const auto now = commands_.compare_clocks(clock_readings);
  return now && now->any() ? now->difference_ns() - clock_.difference_ns() : 0;
}

void LedAgent::lose(const Error& why) {
  const std::lock_guard lock(mutex_);
  if (state_.is_over()) return;
  const std::string prefix = fmt::format("agent {}: ", name());
  state_.lost = why.message.starts_with(prefix) ? why.message.substr(prefix.size()) : why.message;
}

// Until it is destroyed: as long as it is asked, the agent knows that it is led.
void LedAgent::keep_in_touch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wakened;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested() && ask()) {
    setup_.changed();
    wakened.wait_for(lock, stop, contact_interval, [] { return false; });
  }
  setup_.changed();
}

bool LedAgent::ask() {
  {
    const std::lock_guard lock(mutex_);
    if (state_.is_lost()) return false;
    state_.asked_ns = steady_ns();
  }
  auto status = contact_.status(setup_.run);
  const auto read = status ? read_entries(*status) : Result<void>(status.error());
  if (read) {
    const std::lock_guard lock(mutex_);
    state_.heard_ns = steady_ns();
    state_.has_all = status->state == PartState::finished && read_bytes_ == status->entry_bytes;
    if (status->state == PartState::failed) state_.lost = status->error;
    state_.status = std::move(*status);
    return !state_.is_lost();
  }
  const bool may_pass = read.error().code == ErrorCode::unavailable || read.error().code == ErrorCode::unknown_outcome;
  if (may_pass && steady_ns() - state().heard_ns < contact_lost_after.count() * 1000) return true;
  lose(
      read.error().code == ErrorCode::not_found
          ? Error{ErrorCode::not_found, "it has ended its part by itself: it was started again, or heard nothing for " +
                                            format_duration(contact_lost_after)}
          : read.error());
  return false;
}

Result<void> LedAgent::read_entries(const PartStatus& status) {
  if (!reader_ && !status.targets.empty()) {
    limits_.targets = status.targets.size();
    reader_.emplace(limits_, entries_->names());
    for (const std::string& target : status.targets) targets_.push_back(entries_->target(target));
  }
  while (read_bytes_ < status.entry_bytes && reader_) {
    const auto piece = contact_.entries(setup_.run, read_bytes_);
    if (!piece) return piece.error();
    if (piece->empty()) return Error{ErrorCode::bug, "it has fewer requests in its ledger than it says"};
    std::vector<LedgerEntry> entries;
    std::uint64_t last = 0;
    const auto taken = reader_->read(*piece, [&](LedgerEntry& entry) {
      entry.target = targets_[entry.target];
      entry.agent = setup_.index;
      last = std::max(last, entry.operation);
      entries.push_back(entry);
    });
    if (!taken) return taken.error();
    read_bytes_ += piece->size();
    entries_->add(entries);
    const std::lock_guard lock(mutex_);
    state_.last_operation = std::max(state_.last_operation, last);
  }
  return {};
}

}  // namespace sagactl
