// What is due in a turn of the engine, and the lives of its node.
#include <algorithm>

#include "common/log.hpp"
#include "server/engine/engine_core.hpp"

namespace sagactl {
namespace {

constexpr Duration hold_first = 20ms, hold_cap = 1s;  // between tries while the store is away
constexpr int adopt_rounds_per_lease = 16;  // how soon after its lease ran out a dead node is missed
constexpr int stop_turns_max = 10'000;                // of draining the queue
constexpr int last_chunks_max = 100;                  // handed to the bus while stopping
constexpr Duration bus_patience = 500ms;              // for each of them
constexpr Duration replays_kept = 48h, forget_every = 60s;  // answers to requests with an Idempotency-Key
constexpr std::size_t forget_max = 10'000;
constexpr std::size_t expire_max = 1'000;  // flows in one go
constexpr std::size_t failed_max = 16;     // commands that have failed before, in one turn

}  // namespace

Result<void> Engine::Core::start() {
  const auto registration = store_.register_node(options_.node, options_.url, options_.lease);
  if (!registration) return registration.error();
  writer_ = registration->writer;
  sequence_ = registration->last_sequence;
  const SteadyTime now = clock_.steady();
  if (auto started = publisher_.start(writer_, sequence_, now); !started) return started;
  registered_ = true;
  renew_at_ = now + options_.lease / 3;
  adopt_at_ = expire_at_ = answered_at_ = now;
  adopt_dead_at_ = now + options_.lease;
  publisher_.on_progress([self = weak_from_this()] {
    if (const auto core = self.lock()) core->queue_.wake();
  });
  return {};
}

SteadyTime Engine::Core::turn() {
  const SteadyTime now = clock_.steady();
  deferred_.make_due(now);
  if (now >= hold_until_) (void)work(now);
  if (hold_ != Duration{}) refuse_what_waits();
  return next_turn(now);
}

bool Engine::Core::work(SteadyTime now) {
  if (!registered_ && !begin_life()) return false;
  if (!keep_lease(now) || !registered_) return false;
  if (!adopt(now) || !registered_) return false;
  fire_timers(now);
  if (!expire_reservations(now) || !commit_failed_ones(now)) return false;
  if (registered_ && may_commit(now)) {
    auto batch = queue_.take(options_.batch_max);
    if (!batch.empty() && !commit(std::move(batch))) return false;
  }
  return registered_ && forget_replays(now) && publish(clock_.steady());
}

SteadyTime Engine::Core::next_turn(SteadyTime now) const {
  const SteadyTime call = deferred_.due();
  if (now < hold_until_) return std::min(call, hold_until_);
  if (!registered_) return now;
  SteadyTime next = std::min({renew_at_, adopt_at_, expire_at_, publisher_.due(), timers_.due(), failed_.due()});
  if (queue_.size() > 0) next = std::min(next, may_commit(now) ? now : batch_deadline());
  return std::min(call, std::max(next, hold_until_));
}

SteadyTime Engine::Core::batch_deadline() const {
  return commit_began_.load() + store_.batch_window();
}

bool Engine::Core::may_commit(SteadyTime now) const {
  return now >= batch_deadline() || queue_.size() >= options_.batch_max;
}

bool Engine::Core::begin_life() {
  const auto started = start();
  return started ? store_answers() : hold(started.error().message);
}

bool Engine::Core::keep_lease(SteadyTime now) {
  if (now < renew_at_) return true;
  renew_at_ = now + options_.lease / 3;
  const auto renewed = store_.renew(writer_, options_.lease);
  if (!renewed) return hold(renewed.error().message);
  if (!*renewed) fenced();
  return store_answers();
}

// A lease that has run out while nobody could renew his says nothing about its node: whoever is there gets a lease's
// time to renew it, from when this node began or the store came back.
bool Engine::Core::adopt(SteadyTime now) {
  if (now < adopt_at_) return true;
  adopt_at_ = now + options_.lease / adopt_rounds_per_lease;
  const bool of_dead = now >= adopt_dead_at_;
  const auto adopted = store_.adopt(writer_, of_dead ? Owners::dead : Owners::replaced, options_.adopt_max);
  if (!adopted && adopted.error().code == ErrorCode::conflict) {
    fenced();
    return store_answers();
  }
  if (!adopted && adopted.error().code == ErrorCode::retry) {
    renew_at_ = now;
    adopt_dead_at_ = now + options_.lease;
    return store_answers();
  }
  if (!adopted) return hold(adopted.error().message);
  store_answers();
  if (adopted->size() == options_.adopt_max) adopt_at_ = now;
  // They are this node's from here on, whatever else fails in this turn.
  for (const OrderId order : *adopted) queue_.put_own(WakeRequest{saga_of(order), std::nullopt});
  if (!adopted->empty()) {
    log_info("sagas adopted", {{"node", writer_.node}, {"count", std::to_string(adopted->size())}});
    const std::lock_guard lock(stats_mutex_);
    stats_.adopted += adopted->size();
  }
  const auto taken = publisher_.take_over(of_dead);
  return taken ? true : hold(taken.error().message);
}

void Engine::Core::fire_timers(SteadyTime now) {
  for (WakeRequest& wake : timers_.fire(now, options_.batch_max)) queue_.put_own(std::move(wake));
}

// Any node may give back what has expired, whoever drives the saga and whether it has ended: the flow's lock decides
// who is first.
bool Engine::Core::expire_reservations(SteadyTime now) {
  if (now < expire_at_) return true;
  expire_at_ = now + options_.expire_every;
  const auto expired = store_.due_flows(expire_max);
  if (!expired) return hold(expired.error().message);
  for (const OrderId order : *expired)
    if (!failed_.expires(order)) queue_.put_own(CheckDueFlowRequest{order});
  return store_answers();
}

// Each alone, so that it cannot stop others again.
bool Engine::Core::commit_failed_ones(SteadyTime now) {
  if (failed_.due() > now) return true;
  for (Waiting& own : failed_.take_due(now, failed_max)) {
    std::vector<Waiting> alone;
    alone.push_back(std::move(own));
    if (hold_ == Duration{} && registered_) (void)commit(std::move(alone));
    else not_committed(std::move(alone), Error{ErrorCode::unavailable, "the database cannot be used"});
  }
  count_stuck();
  return hold_ == Duration{};
}

bool Engine::Core::forget_replays(SteadyTime now) {
  if (now < forget_at_) return true;
  forget_at_ = now + forget_every;
  const auto forgotten = store_.forget_replays(replays_kept, forget_max);
  return forgotten ? store_answers() : hold(forgotten.error().message);
}

bool Engine::Core::publish(SteadyTime now, bool flush) {
  const auto published = publisher_.turn(now, flush);
  return published ? true : hold(published.error().message);
}

// Somebody else has taken over: what this life knew about its sagas counts no more. A new life begins.
void Engine::Core::fenced() {
  log_warn("this node lost its lease and begins anew", {{"node", writer_.node}});
  registered_ = false;
  timers_.clear();
  failed_.clear();
  count_stuck();
  const std::lock_guard lock(stats_mutex_);
  ++stats_.fenced;
}

// Also when there is nothing to commit: a node that does not say so is sent no requests.
bool Engine::Core::store_answers() {
  const SteadyTime now = clock_.steady();
  const Duration silent = now - answered_at_;
  answered_at_ = now;
  if (silent >= (hold_ == Duration{} ? options_.lease : options_.lease / 3)) adopt_dead_at_ = now + options_.lease;
  if (hold_ == Duration{}) return true;
  hold_ = {};
  queue_.wake_for_each(false);
  const std::lock_guard lock(stats_mutex_);
  stats_.store_available = true;
  stats_.store_error.clear();
  log_info("the database can be used again", {{"node", options_.node}});
  return true;
}

bool Engine::Core::hold(const std::string& why) {
  hold_ = hold_ == Duration{} ? hold_first : std::min(hold_ * 2, hold_cap);
  hold_until_ = clock_.steady() + hold_;
  queue_.wake_for_each(true);
  renew_at_ = hold_until_;  // one call that says whether the store is back
  log_error("the database cannot be used", {{"node", options_.node}, {"error", why}});
  const std::lock_guard lock(stats_mutex_);
  stats_.store_available = false;
  stats_.store_error = why;
  return false;
}

// Nobody waits for a store that does not answer.
void Engine::Core::refuse_what_waits() {
  std::string why;
  {
    const std::lock_guard lock(stats_mutex_);
    why = stats_.store_error;
  }
  not_committed(queue_.take(queue_.size()), Error{ErrorCode::unavailable, std::move(why)});
}

void Engine::Core::count_stuck() {
  const std::lock_guard lock(stats_mutex_);
  stats_.stuck_sagas = failed_.flows();
}

void Engine::Core::call_at(SteadyTime at, std::function<void()> call) {
  deferred_.put(at, std::move(call));
  queue_.wake();
}

void Engine::Core::stop() {
  deferred_.close();
  for (int turns = 0; registered_ && turns < stop_turns_max; ++turns) {
    auto batch = queue_.take(options_.batch_max);
    if (batch.empty()) break;
    if (!commit(std::move(batch))) break;
  }
  std::deque<Waiting> left = queue_.close();
  for (Waiting& w : left)
    if (w.done) w.done(Error{ErrorCode::unavailable, "this node is stopping"});
  if (!registered_) return;
  if (hold_ != Duration{}) {  // nothing can be written now: the lease runs out, and others adopt then
    registered_ = false;
    return;
  }
  publish_rest();
  const auto resigned = store_.resign(writer_);
  if (!resigned) log_warn("the lease could not be given up", {{"node", writer_.node}});
  registered_ = false;
}

// What the bus does not take in time is published by another node, or by the next life of this one.
void Engine::Core::publish_rest() {
  for (int chunks = 0; chunks < last_chunks_max && publisher_.waiting() > 0; ++chunks) {
    const std::int64_t before = publisher_.waiting();
    if (!publish(clock_.steady(), true)) return;
    publisher_.await_answers(bus_patience);
    if (publisher_.waiting() == before) break;
  }
  (void)publish(clock_.steady(), true);
}

}  // namespace sagactl
