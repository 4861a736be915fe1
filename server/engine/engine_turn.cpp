// The engine's turn: what is due in it, and the node's registration, lease and backoff.
#include <algorithm>
#include <thread>

#include "common/log.hpp"
#include "server/engine/engine_core.hpp"

namespace sagactl {
namespace {

constexpr Duration backoff_first = 20ms, backoff_cap = 1s;  // between tries while the store is unavailable
// How often all nodes together look for sagas and events that other nodes have left behind. When a lease expires is
// known beforehand; this is how soon it is noticed that a node has resigned its lease. A lone node has no others to
// look for.
constexpr int adopt_rounds_per_lease = 16, lone_rounds_per_lease = 4;
constexpr int adopt_rounds_min = 2;  // of each node in a lease
constexpr Duration expiry_margin = 2ms;
constexpr Duration adopt_pause = 20ms;    // while many adopted sagas have not been woken yet
constexpr int stop_turns_max = 10'000;    // to drain the queue
constexpr int last_chunks_max = 100;      // published while stopping
constexpr Duration bus_patience = 500ms;  // for each of them
constexpr int rechecks_max = 50;          // whether another node has published the events that have to come first
constexpr Duration recheck_every = 20ms;
// Answers to requests with an Idempotency-Key. Commits wait for each call that deletes some, so it deletes few; while
// there are more, the next one comes soon: under load more than those of one call become too old in a minute.
constexpr Duration replay_age_max = 48h, delete_replays_every = 60s, delete_more_replays_after = 50ms;
constexpr std::size_t delete_replays_max = 1'000;
constexpr std::size_t due_max = 1'000;  // flows in one turn
constexpr Duration check_due_longest = 5s;
constexpr Duration rest_after = 5s;
constexpr std::size_t failed_max = 16;  // retried commands in one turn
// From the start of a commit to that of one that nobody waits for: as a multiple of how long the first took, and at
// most.
constexpr int unawaited_pause = 16;
constexpr Duration unawaited_longest = 8ms;

}  // namespace

Result<void> Engine::Core::start() {
  const SteadyTime asked_at = clock_.steady();
  const auto registration = store_.register_node(options_.node, options_.url, options_.lease);
  if (!registration) return registration.error();
  lease_until_ = asked_at + options_.lease;
  writer_ = registration->writer;
  sequence_ = registration->last_sequence;
  const SteadyTime now = clock_.steady();
  if (auto started = publisher_.start(writer_, sequence_, now); !started) return started;
  registered_ = true;
  renew_at_ = now + options_.lease / 3;
  adopt_at_ = check_due_at_ = store_answered_at_ = now;
  adopt_dead_at_ = now + options_.lease;
  publisher_.on_progress([self = weak_from_this()] {
    if (const auto core = self.lock()) core->queue_.wake();
  });
  return {};
}

SteadyTime Engine::Core::turn() {
  const SteadyTime now = clock_.steady();
  deferred_.run_due(now);
  if (now >= backoff_until_) (void)run_due_work(now);
  if (backoff_ != Duration{}) refuse_queued();
  return next_turn(now);
}

bool Engine::Core::run_due_work(SteadyTime now) {
  if (!registered_ && !register_again()) return false;
  if (!renew_lease(now) || !registered_) return false;
  if (!adopt_sagas(now) || !registered_) return false;
  fire_timers(now);
  if (!check_due_flows(now) || !retry_failed_commands(now)) return false;
  if (registered_ && may_commit(now)) {
    auto batch = queue_.take(batch_limit_);
    if (!batch.empty() && !commit_batch(std::move(batch))) return false;
  }
  if (!registered_ || !delete_old_replays(now) || !publish_events(clock_.steady())) return false;
  rest(now);
  return true;
}

// Releases the memory that is kept for speed once nothing has been committed for a while.
void Engine::Core::rest(SteadyTime now) {
  if (is_at_rest_ || queue_.size() > 0 || now - commit_began_.load() < rest_after) return;
  is_at_rest_ = true;
  publisher_.forget_published();
  store_.release_memory();
}

SteadyTime Engine::Core::next_turn(SteadyTime now) const {
  const SteadyTime call = deferred_.due();
  if (now < backoff_until_) return std::min(call, backoff_until_);
  if (!registered_) return now;
  SteadyTime next = std::min(
      {renew_at_, adopt_at_, check_due_at_, delete_replays_at_, publisher_.due(), timers_.due(), failed_.due()});
  if (queue_.size() > 0) next = std::min(next, may_commit(now) ? now : commit_due());
  return std::min(call, std::max(next, backoff_until_));
}

SteadyTime Engine::Core::batch_deadline() const {
  return commit_began_.load() + store_.batch_window();
}

// When what is queued is committed, unless it fills a batch before. Mostly, a commit that somebody waits for takes
// along before what nobody waits for; where commits are short, others take little of the time.
SteadyTime Engine::Core::commit_due() const {
  if (queue_.has_awaited()) return batch_deadline();
  return std::max(batch_deadline(), commit_began_.load() + std::min(commit_took_ * unawaited_pause, unawaited_longest));
}

bool Engine::Core::may_commit(SteadyTime now) const {
  return now >= commit_due() || queue_.size() >= options_.batch_max;
}

bool Engine::Core::register_again() {
  withdraw_calls();
  const auto started = start();
  return started ? mark_store_available() : back_off(started.error().message);
}

bool Engine::Core::renew_lease(SteadyTime now) {
  if (now < renew_at_) return true;
  renew_at_ = now + options_.lease / 3;
  const SteadyTime asked_at = clock_.steady();
  const auto renewed = store_.renew(writer_, options_.lease);
  if (!renewed) return back_off(renewed.error().message);
  if (*renewed)
    lease_until_ = asked_at + options_.lease;
  else
    on_fenced();
  return mark_store_available();
}

// A lease that expired while no node could renew its own proves nothing: every node gets the duration of a lease to
// renew it, counted from when this node started or the store became available again.
bool Engine::Core::adopt_sagas(SteadyTime now) {
  if (now < adopt_at_) return true;
  if (unwoken_ >= options_.adopt_max) {
    // Those that were adopted before are woken first: a hundred thousand queued commands would take much memory.
    adopt_at_ = now + adopt_pause;
    return true;
  }
  const Owners owners = now >= adopt_dead_at_ ? Owners::dead : Owners::replaced;
  const auto left = store_.left_behind(writer_, owners);
  adopt_at_ = now + options_.lease / adopt_rounds_per_lease;
  if (!left) return on_adoption_error(left.error(), now);
  other_nodes_ = left->others;
  adopt_at_ = now + pause_before_adoption(*left, owners);
  mark_store_available();
  if (left->sagas && !adopt_from(owners, now)) return false;
  if (!left->events || owners != Owners::dead || !registered_) return true;
  const auto loaded = publisher_.load_backlogs(true);
  return loaded ? true : back_off(loaded.error().message);
}

// Each node waits a random time, the longer the more nodes there are, so that all together look this often.
Duration Engine::Core::pause_before_adoption(const LeftBehind& left, Owners owners) {
  const Duration together = options_.lease / adopt_rounds_per_lease;
  if (left.sagas || left.events || owners == Owners::replaced) return together;
  if (left.others == 0) return options_.lease / lone_rounds_per_lease;
  return std::min(own_interval(together, options_.lease / adopt_rounds_min), left.next_expiry + expiry_margin);
}

// How long this node waits until it does something again that all nodes together do once in `of_all`: a random time,
// not much longer than `longest`. A lone node does it each time.
Duration Engine::Core::own_interval(Duration of_all, Duration longest) {
  if (other_nodes_ == 0) return of_all;
  const Duration each = std::min(of_all * static_cast<std::int64_t>(other_nodes_ + 1), std::max(of_all, longest));
  return each / 2 + Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(each.count()) + 1))};
}

// Returns false when the turn ends.
bool Engine::Core::on_adoption_error(const Error& error, SteadyTime now) {
  if (error.code == ErrorCode::conflict) {
    on_fenced();
    return mark_store_available();
  }
  if (error.code != ErrorCode::retry) return back_off(error.message);
  renew_at_ = now;
  adopt_dead_at_ = now + options_.lease;
  return mark_store_available();
}

bool Engine::Core::adopt_from(Owners owners, SteadyTime now) {
  const auto adopted = store_.adopt(writer_, owners, options_.adopt_max);
  if (!adopted) return on_adoption_error(adopted.error(), now);
  mark_store_available();
  if (adopted->size() == options_.adopt_max) adopt_at_ = now;
  // This node owns them from here on, whatever else fails in this turn.
  for (const OrderId order : *adopted) queue_.put_internal(WakeRequest{saga_of(order), std::nullopt});
  unwoken_ += adopted->size();
  if (!adopted->empty()) {
    log_info("sagas adopted", {{"node", writer_.node}, {"count", std::to_string(adopted->size())}});
    const std::lock_guard lock(stats_mutex_);
    stats_.adopted += adopted->size();
  }
  return true;
}

void Engine::Core::fire_timers(SteadyTime now) {
  for (const WakeRequest& wake : timers_.fire(now, options_.batch_max)) queue_.put_internal(wake);
}

// Any node may check a due flow, whichever drives its saga and whether that has ended: the lock of the flow's row
// decides which is first.
bool Engine::Core::check_due_flows(SteadyTime now) {
  if (now < check_due_at_) return true;
  check_due_at_ = now + own_interval(options_.check_due_every, check_due_longest);
  const auto due = store_.due_flows(due_max);
  if (!due) return back_off(due.error().message);
  for (const OrderId order : *due)
    if (!failed_.has_check_of(order)) queue_.put_internal(CheckDueFlowRequest{order});
  return mark_store_available();
}

// Each alone, so that it does not block others again.
bool Engine::Core::retry_failed_commands(SteadyTime now) {
  if (failed_.due() > now) return true;
  const bool is_available = commit_each_alone(failed_.take_due(now, failed_max));
  update_stuck_count();
  return is_available;
}

bool Engine::Core::delete_old_replays(SteadyTime now) {
  if (now < delete_replays_at_) return true;
  const auto deleted = store_.forget_replays(replay_age_max, delete_replays_max);
  const bool has_more = deleted && *deleted >= delete_replays_max;
  delete_replays_at_ = now + (has_more ? delete_more_replays_after : delete_replays_every);
  return deleted ? mark_store_available() : back_off(deleted.error().message);
}

bool Engine::Core::publish_events(SteadyTime now, bool flush) {
  const auto published = publisher_.turn(now, flush);
  return published ? true : back_off(published.error().message);
}

// Another node or process has adopted the sagas: what this epoch knows about them is out of date. The next turn
// registers the node under a new epoch.
void Engine::Core::on_fenced(std::string_view what) {
  log_warn(what, {{"node", writer_.node}});
  registered_ = false;
  withdraw_calls();
  timers_.clear();
  failed_.clear();
  unwoken_ = 0;  // they are adopted again
  update_stuck_count();
  const std::lock_guard lock(stats_mutex_);
  ++stats_.fenced;
}

// Also called without anything to commit: the node gets no requests until its health reports the store as available.
bool Engine::Core::mark_store_available() {
  const SteadyTime now = clock_.steady();
  const Duration silent = now - store_answered_at_;
  store_answered_at_ = now;
  if (silent >= (backoff_ == Duration{} ? options_.lease : options_.lease / 3)) adopt_dead_at_ = now + options_.lease;
  if (backoff_ == Duration{}) return true;
  backoff_ = {};
  queue_.wake_for_each(false);
  const std::lock_guard lock(stats_mutex_);
  stats_.store_available = true;
  stats_.store_error.clear();
  log_info("the database is available again", {{"node", options_.node}});
  return true;
}

bool Engine::Core::back_off(const std::string& why) {
  backoff_ = backoff_ == Duration{} ? backoff_first : std::min(backoff_ * 2, backoff_cap);
  backoff_until_ = clock_.steady() + backoff_;
  queue_.wake_for_each(true);
  renew_at_ = backoff_until_;  // a call that finds out whether the store is available
  log_error("the database is unavailable", {{"node", options_.node}, {"error", why}});
  const std::lock_guard lock(stats_mutex_);
  stats_.store_available = false;
  stats_.store_error = why;
  return false;
}

// Commands do not wait for a store that does not answer.
void Engine::Core::refuse_queued() {
  std::string why;
  {
    const std::lock_guard lock(stats_mutex_);
    why = stats_.store_error;
  }
  fail_or_requeue(queue_.take(queue_.size()), Error{ErrorCode::unavailable, std::move(why)});
}

void Engine::Core::update_stuck_count() {
  const std::lock_guard lock(stats_mutex_);
  stats_.stuck_sagas = failed_.flow_count();
}

void Engine::Core::call_at(SteadyTime at, std::function<void()> call) {
  deferred_.put(at, std::move(call));
  queue_.wake();
}

void Engine::Core::stop() {
  deferred_.close();
  for (int turns = 0; registered_ && turns < stop_turns_max; ++turns) {
    auto batch = queue_.take(batch_limit_);
    if (batch.empty()) break;
    if (!commit_batch(std::move(batch))) break;
  }
  std::deque<QueuedCommand> left = queue_.close();
  for (QueuedCommand& queued : left)
    if (queued.done) queued.done(Error{ErrorCode::unavailable, "this node is stopping"});
  if (!registered_) return;
  if (backoff_ != Duration{}) {  // nothing can be written now: others adopt when the lease expires
    registered_ = false;
    return;
  }
  publish_remaining();
  const auto resigned = store_.resign(writer_);
  if (!resigned) log_warn("the lease could not be released", {{"node", writer_.node}});
  registered_ = false;
}

// What the bus does not accept in time is published by another node, or by this node's next epoch. Events that follow
// another node's are waited for as long as that node takes to publish its own.
void Engine::Core::publish_remaining() {
  int rechecks = 0;
  for (int chunks = 0; chunks < last_chunks_max && publisher_.waiting() > 0; ++chunks) {
    const std::int64_t before = publisher_.waiting();
    if (!publish_events(clock_.steady(), true)) return;
    publisher_.await_answers(bus_patience);
    if (publisher_.waiting() != before) continue;
    if (!publisher_.held_back() || ++rechecks > rechecks_max) break;
    std::this_thread::sleep_for(recheck_every);
  }
  (void)publish_events(clock_.steady(), true);
}

}  // namespace sagactl
