#include "loadgen/agents/coordinated_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/agents/agent_totals.hpp"
#include "loadgen/agents/led_agents.hpp"
#include "loadgen/agents/lost_share.hpp"
#include "loadgen/agents/options_codec.hpp"
#include "loadgen/running/progress_report.hpp"
#include "loadgen/running/run_result.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

// Time to announce the start of a phase to all agents.
constexpr std::int64_t start_lead_ns = 500'000'000;
// How long an agent without contact may go on sending after contact_lost_after, until it has noticed.
constexpr std::int64_t notice_ns = 1'000'000'000;
constexpr std::chrono::milliseconds report_interval{250};
// How many more requests a closed loop without a plan may have sent than its rate suggests.
constexpr std::uint64_t unplanned_margin = 1'000;

std::int64_t epoch_offset() {
  return wall_clock_now().us * 1000 - steady_ns();
}

std::string_view word_of(const LedAgent::State& state) {
  if (state.is_lost()) return "lost";
  switch (state.status.state) {
    case PartState::preparing:
      return "preparing";
    case PartState::waiting:
      return "waiting";
    case PartState::sending:
      return "sending";
    case PartState::finished:
      return "finished";
    case PartState::failed:
      return "failed";
  }
  crash("unknown state of a part");
}

// An agent verifies servers by the authorities of its own command line. OpenSSL says which one is missing.
std::string_view advice_about_certificates(const std::string& failure) {
  for (const char* why : {"self-signed certificate", "self signed certificate", "issuer certificate"})
    if (failure.find(why) != std::string::npos) return "; start that agent with --ca-file";
  return {};
}

class CoordinatedRun {
 public:
  CoordinatedRun(const LoadOptions& options, const AgentsSetup& agents, const std::stop_token& stop,
                 const ProgressCallback& progress)
      : options_(options), setup_(agents), stop_(stop), progress_callback_(progress) {}

  Result<RunResult> execute();

 private:
  Result<void> prepare();
  Result<void> hand_over();
  Result<void> wait_until_prepared();
  Result<void> run_phase(std::size_t index);
  Result<void> plan_seconds(const LoadPhase& phase, const PhaseStart& start);
  void wait_until(const std::function<bool(const LedAgent::State&)>& done, const ProgressReport* progress);
  void stop_agents();
  void report();
  LostShare lost_share(std::size_t agent, std::size_t phase, std::size_t targets);
  LedgerEntries with_lost_requests(LedgerEntries known, RunResult& result);
  void take_agents(RunResult& result);
  RunResult take_result();

  LoadOptions options_;
  const AgentsSetup& setup_;
  const std::stop_token stop_;
  const ProgressCallback& progress_callback_;
  const std::int64_t epoch_offset_ns_ = epoch_offset();
  std::vector<LoadPhase> phases_;
  std::optional<RunPreparation> preparation_;
  std::optional<JourneyPlan> plan_;
  std::optional<ProgressReport> progress_;
  PlannedSeconds planned_;
  std::optional<GatheredEntries> entries_;  // outlives the agents
  std::optional<LedAgents> agents_;
  bool has_stopped_ = false;
  std::vector<PhaseStart> starts_;  // of the phases that have begun
  PhaseNumbers next_;
  Timestamp started_at_;
};

Result<void> CoordinatedRun::prepare() {
  if (auto checked = check(options_); !checked) return checked;
  if (options_.run.empty()) options_.run = new_run_id();
  phases_ = plan_phases(options_);
  agents_.emplace(setup_, options_.run);
  if (auto greeted = agents_->greet(setup_.version); !greeted) return greeted;
  LoadOptions planned = options_;
  if (!planned.stages.empty()) planned.rate = stages_rate_max(planned.stages);
  preparation_.emplace(planned, stop_, std::nullopt);
  progress_.emplace(planned, progress_callback_);
  if (auto prepared = preparation_->prepare(); !prepared) return prepared;
  plan_.emplace(options_.profile, options_.seed);
  return {};
}

Result<void> CoordinatedRun::hand_over() {
  std::vector<bool> creates;
  for (std::size_t step = 0; step < plan_->size(); ++step) creates.push_back(plan_->step(step).creates);
  entries_.emplace(options_.scratch, creates, preparation_->target_names());
  entries_->set_sample(options_.sample);
  RunDescription description;
  description.led_by = setup_.led_by;
  description.options = options_;
  description.prepared = preparation_->prepared();
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < agents_->size(); ++i) {
    description.share = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(agents_->size())};
    description.epoch_offset_ns = epoch_offset_ns_ - (*agents_)[i].clock().difference_ns();
    messages.push_back(encoded(description));
    if (messages.back().size() > run_message_max)
      return Error{ErrorCode::invalid, fmt::format("the profile has {} MB with its data files, and agents take {} MB: "
                                                   "use smaller data files",
                                                   messages.back().size() >> 20, run_message_max >> 20)};
  }
  return agents_->each_at_once([&](LedAgent& agent, std::size_t i) {
    auto handed = agent.hand_over(messages[i]);
    if (handed) agent.follow(*entries_, {phases_.size(), 0, plan_->size(), preparation_->users().size()});
    return handed;
  });
}

// Waits until done(state) holds for every agent, and reports meanwhile. When a stop is requested, or an agent is lost,
// all are stopped.
void CoordinatedRun::wait_until(const std::function<bool(const LedAgent::State&)>& done,
                                const ProgressReport* progress) {
  while (!agents_->wait_until(done, report_interval)) {
    if (progress != nullptr) report();
    if (!has_stopped_ && (stop_.stop_requested() || agents_->is_any_lost())) stop_agents();
  }
}

void CoordinatedRun::stop_agents() {
  has_stopped_ = true;
  agents_->stop();
}

void CoordinatedRun::report() {
  EntryCounts all;
  all.by_target.resize(entries_->targets().size());
  std::vector<AgentProgress> shown;
  for (const LedAgent& agent : *agents_) {
    const LedAgent::State state = agent.state();
    add_counts(all, state.status.counts);
    for (std::size_t i = 0; i < std::min(state.status.targets.size(), state.status.counts.by_target.size()); ++i) {
      const std::size_t place = entries_->target(state.status.targets[i]);
      if (place >= all.by_target.size()) all.by_target.resize(place + 1);
      all.by_target[place] += state.status.counts.by_target[i];
    }
    shown.push_back({agent.name(), std::string(word_of(state)), state.status.counts.sent});
  }
  progress_->set_agents(std::move(shown));
  progress_->report(all, planned_);
  if (starts_.size() <= phases_.size() && !starts_.empty() && phases_[starts_.size() - 1].warmup)
    progress_->end_warmup(all);
}

Result<void> CoordinatedRun::wait_until_prepared() {
  wait_until([](const LedAgent::State& state) { return state.is_over() || state.status.state == PartState::waiting; },
             nullptr);
  for (const LedAgent& agent : *agents_)
    if (const auto state = agent.state(); state.is_lost())
      return Error{ErrorCode::unavailable, fmt::format("agent {} cannot send: {}{}", agent.name(), state.lost,
                                                       advice_about_certificates(state.lost))};
  return {};
}

Result<void> CoordinatedRun::plan_seconds(const LoadPhase& phase, const PhaseStart& start) {
  planned_.begin_phase(phase.warmup, start.start_ns);
  const LoadOptions& options = preparation_->options();
  if (!options.rate) return {};
  const auto times = plan_times(options, phase);
  if (!times) return times.error();
  UnitSource source(phase, options.seed, start.numbers.operation, start.numbers.group, start.numbers.journey);
  source.limit_journeys(journeys_max(options.profile));
  const std::size_t used = deal_units(*times, source, [](const LoadUnit&, std::size_t) {});
  for (std::size_t i = 0; i < used; ++i) planned_.add((*times)[i]);
  return {};
}

Result<void> CoordinatedRun::run_phase(std::size_t index) {
  const LoadPhase& phase = phases_[index];
  // A long plan takes its time, so it is made before the start is fixed.
  PhaseStart start{next_, 0};
  if (auto planned = plan_seconds(phase, start); !planned) return planned;
  start.start_ns = steady_ns() + start_lead_ns;
  starts_.push_back(start);
  progress_->begin_phase(phase, start.start_ns);
  if (!phase.warmup) preparation_->begin_faults(start.start_ns);
  [[maybe_unused]] const auto done = agents_->each_at_once([&](LedAgent& agent, std::size_t) {
    agent.begin_phase(index, start);
    return Result<void>();
  });
  wait_until([&](const LedAgent::State& state) { return state.is_over() || state.status.phases_ended > index; },
             &*progress_);
  report();
  for (const LedAgent& agent : *agents_) {
    const PhaseNumbers numbers = agent.state().status.next;
    next_.operation = std::max(next_.operation, numbers.operation);
    next_.group = std::max(next_.group, numbers.group);
    next_.journey = std::max(next_.journey, numbers.journey);
  }
  return {};
}

// What the lost agent may have sent in a phase.
LostShare CoordinatedRun::lost_share(std::size_t agent, std::size_t phase, std::size_t targets) {
  const LedAgent::State state = (*agents_)[agent].state();
  const PhaseStart& start = starts_[phase];
  LostShare lost;
  lost.share = {static_cast<std::uint32_t>(agent), static_cast<std::uint32_t>(agents_->size())};
  lost.agent = static_cast<std::uint16_t>(agent);
  lost.users = static_cast<std::uint32_t>(preparation_->users().size());
  lost.targets = targets;
  lost.epoch_offset_ns = epoch_offset_ns_;
  lost.sent_until_ns = state.asked_ns + contact_lost_after.count() * 1000 + notice_ns;
  if (!phases_[phase].duration) return lost;
  // The rate until the agent was last heard of, twice to be safe, for the time since then.
  const auto known_ns = static_cast<double>(std::max<std::int64_t>(1, state.heard_ns - start.start_ns));
  const auto unknown_ns = static_cast<double>(std::max<std::int64_t>(0, lost.sent_until_ns - state.heard_ns));
  const std::uint64_t last_known = std::max(state.last_operation, start.numbers.operation);
  const auto sent = static_cast<double>(last_known - start.numbers.operation);
  lost.operations_max =
      last_known + static_cast<std::uint64_t>(2 * sent * unknown_ns / known_ns) + unplanned_margin * agents_->size();
  return lost;
}

// Adds the requests that lost agents may have sent and that are not among the known ones, and counts both for each of
// these agents.
LedgerEntries CoordinatedRun::with_lost_requests(LedgerEntries known, RunResult& result) {
  if (!agents_->is_any_lost()) return known;
  EntryStore all(options_.scratch);
  EntryChunk chunk = all.empty_chunk();
  const auto add = [&](const LedgerEntry& entry) {
    chunk.push_back(entry);
    if (chunk.size() < EntryStore::chunk_size) return;
    all.add(std::move(chunk));
    chunk = all.empty_chunk();
  };
  for (std::size_t i = 0; i < agents_->size(); ++i) {
    if (!(*agents_)[i].state().is_lost()) continue;
    const auto add_unknown = [&](const LedgerEntry& entry) {
      if (known.find(entry.operation) != nullptr) return;
      result.agents[i].unknown += result.ledger.is_measured(entry);
      add(entry);
    };
    for (std::size_t phase = 0; phase < starts_.size(); ++phase)
      each_lost_request(lost_share(i, phase, result.ledger.targets.size()), preparation_->options(), phases_[phase],
                        phase, starts_[phase], *plan_, add_unknown);
  }
  for (const LedgerEntry& entry : std::as_const(known)) {
    AgentResult& agent = result.agents[entry.agent];
    agent.reported += !agent.lost.empty() && entry.sent.us != 0 && result.ledger.is_measured(entry);
    add(entry);
  }
  all.add(std::move(chunk));
  LedgerEntries entries = all.take();
  entries.share(known.names());
  return entries;
}

void CoordinatedRun::take_agents(RunResult& result) {
  std::vector<ProxyOfAgent> proxies;
  for (LedAgent& agent : *agents_) {
    const LedAgent::State state = agent.state();
    AgentResult it;
    it.address = agent.name();
    it.host = agent.greeting().host;
    it.clock_difference = Duration{agent.clock().wall_difference_ns(epoch_offset_ns_) / 1000};
    it.clock_uncertainty = Duration{(agent.clock().uncertainty_ns() + 999) / 1000};
    it.clock_drift = Duration{agent.clock_drift_ns() / 1000};
    it.lost = state.lost;
    if (state.is_lost()) {
      const std::int64_t begun_ns = starts_.empty() ? state.heard_ns : starts_.front().start_ns;
      it.lost_after = Duration{std::max<std::int64_t>(0, state.heard_ns - begun_ns) / 1000};
    }
    it.generator = state.status.generator;
    proxies.push_back({it.address, state.status.faults});
    add_health(result.generator, it.generator);
    for (std::size_t step = 0; step < std::min(state.status.first_answers.size(), plan_->size()); ++step)
      for (const auto& [status, text] : state.status.first_answers[step])
        plan_->step(step).first_answers.note(status, text, {});
    result.ledger.agents.push_back(it.address);
    result.agents.push_back(std::move(it));
  }
  add_proxy_faults(result.ledger.faults, proxies, options_.faults.proxy);
}

RunResult CoordinatedRun::take_result() {
  RunResult result;
  Ledger& ledger = result.ledger;
  describe_run(ledger, *preparation_, phases_);
  ledger.started_at = started_at_;
  ledger.ended_at = wall_clock_now();
  ledger.faults = preparation_->end_faults();
  ledger.steps = plan_->ledger_steps();
  ledger.targets = entries_->targets();
  result.interrupted = stop_.stop_requested();
  take_agents(result);
  ledger.entries = with_lost_requests(entries_->take_orders(), result);
  ledger.step_entries = entries_->take_steps();
  ledger.step_entries.share(ledger.entries.names());
  add_figures(result, *plan_, planned_);
  return result;
}

Result<RunResult> CoordinatedRun::execute() {
  if (auto prepared = prepare(); !prepared) return prepared.error();
  if (auto handed = hand_over(); !handed) return handed.error();
  if (auto prepared = wait_until_prepared(); !prepared) return prepared.error();
  started_at_ = wall_clock_now();
  for (std::size_t index = 0; index < phases_.size() && !has_stopped_ && !stop_.stop_requested(); ++index)
    if (auto ran = run_phase(index); !ran) return ran.error();
  if (stop_.stop_requested() && !has_stopped_) stop_agents();
  wait_until([](const LedAgent::State& state) { return state.is_over(); }, nullptr);
  preparation_->end_faults();
  const auto torn_down = preparation_->tear_down();
  preparation_->renew();
  RunResult result = take_result();
  if (!torn_down) result.tear_down_error = torn_down.error().message;
  result.user_headers = preparation_->user_headers();
  return result;
}

}  // namespace

Result<RunResult> run_load_on_agents(const LoadOptions& options, const AgentsSetup& agents,
                                     const std::stop_token& interrupt, const ProgressCallback& progress) {
  return CoordinatedRun(options, agents, interrupt, progress).execute();
}

Result<std::vector<AgentSeen>> see_agents(const AgentsSetup& setup) {
  LedAgents agents(setup);
  if (const auto greeted = agents.greet(setup.version); !greeted) return greeted.error();
  std::vector<AgentSeen> seen;
  for (const LedAgent& agent : agents)
    seen.push_back({agent.name(), agent.greeting(), Duration{agent.clock().wall_difference_ns(epoch_offset()) / 1000},
                    Duration{(agent.clock().uncertainty_ns() + 999) / 1000}});
  return seen;
}

}  // namespace sagactl
