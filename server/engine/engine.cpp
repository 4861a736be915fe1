#include "server/engine/engine.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <queue>
#include <unordered_map>

#include "common/log.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/command_queue.hpp"
#include "server/engine/deferred_calls.hpp"
#include "server/engine/effects.hpp"
#include "server/engine/publisher.hpp"

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

}  // namespace

class Engine::Core : public std::enable_shared_from_this<Engine::Core> {
 public:
  Core(EngineOptions options, Store& store, PaymentGateway& gateway, Bus& bus, Clock& clock)
      : options_(std::move(options)),
        store_(store),
        gateway_(gateway),
        clock_(clock),
        publisher_(store, bus),
        random_(options_.seed),
        queue_(options_.queue_max) {}

  Result<void> start();
  SteadyTime turn();
  void stop();
  EngineStats stats() const;

  const EngineOptions& options() const { return options_; }
  void set_url(std::string url) { options_.url = std::move(url); }
  void set_exchange(SagaExchange& exchange) { exchange_ = &exchange; }
  CommandQueue& queue() { return queue_; }
  SteadyTime gathers_until() const;
  void call_at(SteadyTime at, std::function<void()> call);
  void set_on_commit(std::function<void(std::size_t, Duration)> observe) { on_commit_ = std::move(observe); }

 private:
  struct Timer {
    SteadyTime due;
    Timestamp at;  // the saga's durable timer
    OrderId order;
    friend auto operator<=>(const Timer&, const Timer&) = default;
  };

  void keep_lease(SteadyTime now);
  void adopt(SteadyTime now);
  void fire_timers(SteadyTime now);
  void set_timer(const Wake& wake);

  bool may_commit(SteadyTime now) const;
  void commit(std::vector<Waiting> waiting);
  Result<Commit> transact(const Keys& keys, const std::vector<Waiting>& waiting, std::unique_ptr<Batch>& batch,
                          std::vector<Result<Receipt>>& receipts);
  Result<Commit> resolve_doubt(const Batch& batch, const Error& error);
  void committed(std::vector<Waiting> waiting, const Batch& batch, std::vector<Result<Receipt>> receipts,
                 Duration took);
  void not_committed(std::vector<Waiting> waiting, const Error& error);
  void reject(std::vector<Waiting> waiting, const Error& error);
  void forget_replays(SteadyTime now);
  void expire_reservations(SteadyTime now);
  void fenced();
  void hold(const std::string& why);
  void store_answers();
  SteadyTime next_turn(SteadyTime now) const;
  void publish_rest();

  EngineOptions options_;  // does not change after the start
  Store& store_;
  PaymentGateway& gateway_;
  Clock& clock_;
  SagaExchange* exchange_ = nullptr;  // null: every participant is here
  Publisher publisher_;
  Random random_;

  CommandQueue queue_;
  DeferredCalls deferred_;
  std::atomic<SteadyTime> commit_began_ = SteadyTime{};

  // Only touched in turns.
  Writer writer_;
  bool registered_ = false;
  std::int64_t sequence_ = 0;
  SteadyTime renew_at_, adopt_at_, expire_at_, forget_at_, hold_until_;
  Duration hold_{};
  std::unordered_map<OrderId, Timestamp> open_;  // the open sagas that this node drives, and their durable timers
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::function<void(std::size_t, Duration)> on_commit_;

  mutable std::mutex stats_mutex_;
  EngineStats stats_;
};

Result<void> Engine::Core::start() {
  const auto registration = store_.register_node(options_.node, options_.url, options_.lease);
  if (!registration) return registration.error();
  writer_ = registration->writer;
  sequence_ = registration->last_sequence;
  registered_ = true;
  const SteadyTime now = clock_.steady();
  renew_at_ = now + options_.lease / 3;
  adopt_at_ = expire_at_ = now;
  publisher_.start(writer_, sequence_, now);
  publisher_.on_progress([self = weak_from_this()] {
    if (const auto core = self.lock()) core->queue_.wake();
  });
  return {};
}

SteadyTime Engine::Core::turn() {
  const SteadyTime now = clock_.steady();
  deferred_.make_due(now);
  if (now >= hold_until_) {
    if (!registered_) {
      const auto started = start();
      if (started) store_answers();
      else hold(started.error().message);
    }
    if (registered_) keep_lease(now);
    if (registered_) adopt(now);
    if (registered_) {
      fire_timers(now);
      expire_reservations(now);
      if (may_commit(now)) {
        auto batch = queue_.take(options_.batch_max);
        if (!batch.empty()) commit(std::move(batch));
      }
      forget_replays(now);
      publisher_.turn(clock_.steady());
    }
  }
  return next_turn(now);
}

SteadyTime Engine::Core::next_turn(SteadyTime now) const {
  const SteadyTime call = deferred_.due();
  if (now < hold_until_) return std::min(call, hold_until_);
  if (!registered_) return now;
  SteadyTime next = std::min({renew_at_, adopt_at_, expire_at_, publisher_.due()});
  if (!timers_.empty()) next = std::min(next, timers_.top().due);
  if (queue_.size() > 0) next = std::min(next, may_commit(now) ? now : gathers_until());
  return std::min(call, std::max(next, hold_until_));
}

SteadyTime Engine::Core::gathers_until() const {
  return commit_began_.load() + store_.gathers_for();
}

bool Engine::Core::may_commit(SteadyTime now) const {
  return now >= gathers_until() || queue_.size() >= options_.batch_max;
}

void Engine::Core::keep_lease(SteadyTime now) {
  if (now < renew_at_) return;
  renew_at_ = now + options_.lease / 3;
  const auto renewed = store_.renew(writer_, options_.lease);
  if (!renewed) return hold(renewed.error().message);
  store_answers();
  if (!*renewed) fenced();
}

void Engine::Core::adopt(SteadyTime now) {
  if (now < adopt_at_) return;
  adopt_at_ = now + options_.lease / adopt_rounds_per_lease;
  const auto adopted = store_.adopt(writer_, options_.adopt_max);
  if (!adopted) {
    if (adopted.error().code == ErrorCode::conflict) fenced();
    else hold(adopted.error().message);
    return;
  }
  publisher_.take_over();
  if (adopted->size() == options_.adopt_max) adopt_at_ = now;
  for (const OrderId order : *adopted) queue_.put_own(WakeRequest{saga_of(order), std::nullopt});
  if (adopted->empty()) return;
  log_info("sagas adopted", {{"node", writer_.node}, {"count", std::to_string(adopted->size())}});
  const std::lock_guard lock(stats_mutex_);
  stats_.adopted += adopted->size();
}

void Engine::Core::set_timer(const Wake& wake) {
  if (!wake.at) {
    open_.erase(wake.order);
    return;
  }
  open_[wake.order] = *wake.at;
  timers_.push({clock_.steady() + wake.in, *wake.at, wake.order});
}

void Engine::Core::fire_timers(SteadyTime now) {
  for (std::size_t fired = 0; fired < options_.batch_max && !timers_.empty() && timers_.top().due <= now;) {
    const Timer timer = timers_.top();
    timers_.pop();
    const auto open = open_.find(timer.order);
    if (open == open_.end() || open->second != timer.at) continue;
    queue_.put_own(WakeRequest{saga_of(timer.order), timer.at});
    ++fired;
  }
}

void Engine::Core::commit(std::vector<Waiting> waiting) {
  Keys keys;
  for (const Waiting& w : waiting) add_keys(w.command, keys);
  keys.further = [](const Loaded& found, Keys& more) { add_further_keys(found.flows, more); };
  const SteadyTime began = clock_.steady();
  commit_began_ = began;
  std::unique_ptr<Batch> batch;
  std::vector<Result<Receipt>> receipts;
  const auto commit = transact(keys, waiting, batch, receipts);
  if (!commit && commit.error().code == ErrorCode::bug) {
    reject(std::move(waiting), commit.error());
  } else if (!commit) {
    hold(commit.error().message);
    not_committed(std::move(waiting), commit.error());
  } else if (*commit == Commit::fenced) {
    fenced();
    not_committed(std::move(waiting), Error{ErrorCode::unavailable, "this node lost its lease; try again"});
  } else {
    store_answers();
    committed(std::move(waiting), *batch, std::move(receipts), clock_.steady() - began);
  }
}

Result<Commit> Engine::Core::transact(const Keys& keys, const std::vector<Waiting>& waiting,
                                      std::unique_ptr<Batch>& batch, std::vector<Result<Receipt>>& receipts) {
  Loaded loaded;
  const auto decide_all = [&](Timestamp now) {
    batch = std::make_unique<Batch>(std::move(loaded), writer_, sequence_, options_.policy, now, clock_.steady(), random_);
    receipts.clear();
    receipts.reserve(waiting.size());
    for (const Waiting& w : waiting) receipts.push_back(batch->apply(w.command));
    return batch->changes();
  };
  auto commit = store_.transact(writer_, keys, loaded, decide_all);
  if (!commit && commit.error().code == ErrorCode::unknown_outcome && batch)
    return resolve_doubt(*batch, commit.error());
  return commit;
}

// A commit whose answer was lost: the events of the batch say whether it happened. When they cannot be asked, or
// there are none, nothing is assumed: a new life of the node begins by reading how far the old one came, and
// adopts its sagas.
Result<Commit> Engine::Core::resolve_doubt(const Batch& batch, const Error& error) {
  if (!batch.events().empty()) {
    const auto there = store_.has_event(writer_.node, batch.events().front().sequence);
    if (there && *there) return Commit::committed;
    if (there) return Error{ErrorCode::unavailable, error.message};
  }
  registered_ = false;
  return error;
}

void Engine::Core::committed(std::vector<Waiting> waiting, const Batch& batch,
                             std::vector<Result<Receipt>> receipts, Duration took) {
  sequence_ = batch.last_sequence();
  publisher_.committed(batch.events());
  for (const Wake& wake : batch.wakes()) set_timer(wake);
  {
    const std::lock_guard lock(stats_mutex_);
    ++stats_.commits;
    stats_.commands += waiting.size();
    stats_.last_batch_size = waiting.size();
    stats_.commit_us_total += static_cast<std::uint64_t>(took.count());
    stats_.open_sagas = open_.size();
    stats_.unpublished = publisher_.waiting();
  }
  if (on_commit_) on_commit_(waiting.size(), took);

  const std::weak_ptr<Core> self = weak_from_this();
  for (const GatewayCall& call : batch.gateway_calls())
    carry_out(call, gateway_, [self](StepReplied reply) {
      if (const auto core = self.lock()) core->queue_.put(std::move(reply), nullptr);
    });

  if (exchange_) {
    for (const RemoteCall& call : batch.remote_calls()) exchange_->send(call);
    for (const RemoteReply& reply : batch.remote_replies()) exchange_->send(reply);
  }

  for (std::size_t i = 0; i < waiting.size(); ++i) {
    Waiting& w = waiting[i];
    Result<Receipt>& receipt = receipts[i];
    if (w.done) {
      w.done(std::move(receipt));
    } else if (!receipt && receipt.error().code == ErrorCode::bug) {
      log_error("a command of the engine's own failed", {{"node", writer_.node}, {"error", receipt.error().message}});
    } else if (const auto* wake = std::get_if<WakeRequest>(&w.command); wake && !receipt && wake->timer) {
      // Out of date: another node drives this saga now, or it has moved on.
      const auto open = open_.find(order_of(wake->saga));
      if (open != open_.end() && open->second == *wake->timer) open_.erase(open);
    }
  }
}

// What came from outside is answered; what follows from durable state waits for the store.
void Engine::Core::not_committed(std::vector<Waiting> waiting, const Error& error) {
  std::vector<Waiting> own;
  for (Waiting& w : waiting) {
    if (w.done)
      w.done(error);
    else
      own.push_back(std::move(w));
  }
  queue_.put_back(std::move(own));
}

// A batch that the store will never take: one command in it is at fault. Each is tried alone, and the one that
// fails alone is dropped, so that it cannot stop the others.
void Engine::Core::reject(std::vector<Waiting> waiting, const Error& error) {
  if (waiting.size() > 1) {
    for (Waiting& w : waiting) {
      std::vector<Waiting> alone;
      alone.push_back(std::move(w));
      commit(std::move(alone));
    }
    return;
  }
  log_error("a command cannot be written", {{"node", writer_.node}, {"error", error.message}});
  if (waiting.front().done) waiting.front().done(error);
}

void Engine::Core::forget_replays(SteadyTime now) {
  if (now < forget_at_) return;
  forget_at_ = now + forget_every;
  (void)store_.forget_replays(clock_.now() - replays_kept, forget_max);
}

// Any node may give back what has expired, whoever drives the saga and whether it has ended: the flow's lock decides
// who is first.
void Engine::Core::expire_reservations(SteadyTime now) {
  if (now < expire_at_) return;
  expire_at_ = now + options_.expire_every;
  const auto expired = store_.expired_reservations(expire_max);
  if (!expired) return hold(expired.error().message);
  for (const OrderId order : *expired) queue_.put_own(ExpireReservationsRequest{order});
}

// Somebody else has taken over: what this life knew about its sagas counts no more. A new life begins.
void Engine::Core::fenced() {
  log_warn("this node lost its lease and begins anew", {{"node", writer_.node}});
  registered_ = false;
  open_.clear();
  timers_ = {};
  const std::lock_guard lock(stats_mutex_);
  ++stats_.fenced;
}

// Also when there is nothing to commit: a node that does not say so is sent no requests.
void Engine::Core::store_answers() {
  hold_ = {};
  const std::lock_guard lock(stats_mutex_);
  if (stats_.store_available) return;
  stats_.store_available = true;
  stats_.store_error.clear();
  log_info("the database can be used again", {{"node", options_.node}});
}

void Engine::Core::hold(const std::string& why) {
  hold_ = hold_ == Duration{} ? hold_first : std::min(hold_ * 2, hold_cap);
  hold_until_ = clock_.steady() + hold_;
  log_error("the database cannot be used", {{"node", options_.node}, {"error", why}});
  const std::lock_guard lock(stats_mutex_);
  stats_.store_available = false;
  stats_.store_error = why;
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
    commit(std::move(batch));
    if (hold_ != Duration{}) break;
  }
  std::deque<Waiting> left = queue_.close();
  for (Waiting& w : left)
    if (w.done) w.done(Error{ErrorCode::unavailable, "this node is stopping"});
  if (!registered_) return;
  publish_rest();
  const auto resigned = store_.resign(writer_);
  if (!resigned) log_warn("the lease could not be given up", {{"node", writer_.node}});
  registered_ = false;
}

// What the bus does not take in time is published by another node, or by the next life of this one.
void Engine::Core::publish_rest() {
  for (int chunks = 0; chunks < last_chunks_max && publisher_.waiting() > 0; ++chunks) {
    const std::int64_t before = publisher_.waiting();
    publisher_.turn(clock_.steady(), true);
    publisher_.await_answers(bus_patience);
    if (publisher_.waiting() == before) break;
  }
  publisher_.turn(clock_.steady(), true);
}

EngineStats Engine::Core::stats() const {
  const std::lock_guard lock(stats_mutex_);
  EngineStats stats = stats_;
  stats.queue_depth = queue_.size();
  stats.unpublished = publisher_.waiting();
  return stats;
}

Engine::Engine(EngineOptions options, Store& store, PaymentGateway& gateway, Bus& bus, Clock& clock)
    : core_(std::make_shared<Core>(std::move(options), store, gateway, bus, clock)) {}
Engine::~Engine() = default;
void Engine::set_exchange(SagaExchange& exchange) { core_->set_exchange(exchange); }
void Engine::set_url(std::string url) { core_->set_url(std::move(url)); }
Result<void> Engine::start() { return core_->start(); }
void Engine::submit(Command command, Completion done) {
  core_->queue().put(std::move(command), std::move(done));
}
SteadyTime Engine::turn() { return core_->turn(); }
void Engine::on_work(std::function<void()> wake) {
  core_->queue().on_work(std::move(wake));
}
SteadyTime Engine::gathers_until() const {
  return core_->gathers_until();
}
void Engine::call_at(SteadyTime at, std::function<void()> call) {
  core_->call_at(at, std::move(call));
}
void Engine::stop() { core_->stop(); }
EngineStats Engine::stats() const { return core_->stats(); }
const EngineOptions& Engine::options() const { return core_->options(); }
void Engine::on_commit(std::function<void(std::size_t, Duration)> observe) {
  core_->set_on_commit(std::move(observe));
}

}  // namespace sagactl
