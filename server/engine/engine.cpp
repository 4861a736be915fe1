#include "server/engine/engine.hpp"

#include <algorithm>

#include "common/log.hpp"
#include "server/engine/effects.hpp"
#include "server/engine/engine_core.hpp"

namespace sagactl {
namespace {

constexpr Duration doubt_patience = 1s;

}  // namespace

bool Engine::Core::commit(std::vector<Waiting> waiting) {
  BatchKeys keys;
  for (const Waiting& w : waiting) add_keys(w.command, keys);
  keys.add_dependent = [this](const Loaded& found, BatchKeys& more) { add_dependent_keys(found.flows, writer_.node, more); };
  const SteadyTime began = clock_.steady();
  commit_began_ = began;
  std::unique_ptr<CommandBatch> batch;
  std::vector<Result<Receipt>> receipts;
  const auto commit = transact(keys, waiting, batch, receipts);
  if (!commit && commit.error().code == ErrorCode::bug) return reject(std::move(waiting), commit.error());
  if (!commit) {
    not_committed(std::move(waiting), commit.error());
    return hold(commit.error().message);
  }
  store_answers();
  if (*commit == Commit::fenced) {
    fenced();
    not_committed(std::move(waiting), Error{ErrorCode::unavailable, "this node lost its lease; try again"});
  } else {
    committed(std::move(waiting), *batch, std::move(receipts), clock_.steady() - began);
  }
  return true;
}

Result<Commit> Engine::Core::transact(const BatchKeys& keys, const std::vector<Waiting>& waiting,
                                      std::unique_ptr<CommandBatch>& batch, std::vector<Result<Receipt>>& receipts) {
  Loaded loaded;
  const auto decide_all = [&](Timestamp now) {
    batch = std::make_unique<CommandBatch>(std::move(loaded), writer_, sequence_, options_.policy, now, clock_.steady(), random_);
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
Result<Commit> Engine::Core::resolve_doubt(const CommandBatch& batch, const Error& error) {
  const bool answers = clock_.steady() - commit_began_.load() < doubt_patience;  // else it would be waited for twice
  if (answers && !batch.events().empty()) {
    const auto there = store_.has_event(writer_.node, batch.events().front().sequence);
    if (there && *there) return Commit::committed;
    if (there) return Error{ErrorCode::unavailable, error.message};
  }
  registered_ = false;
  return error;
}

void Engine::Core::committed(std::vector<Waiting> waiting, const CommandBatch& batch,
                             std::vector<Result<Receipt>> receipts, Duration took) {
  sequence_ = batch.last_sequence();
  publisher_.committed(batch.events());
  note_late_charges(batch);
  const SteadyTime now = clock_.steady();
  for (const Wake& wake : batch.wakes()) {
    timers_.set(wake, now);
    watch_.written(wake.order);
  }
  {
    const std::lock_guard lock(stats_mutex_);
    ++stats_.commits;
    stats_.commands += waiting.size();
    stats_.last_batch_size = waiting.size();
    stats_.commit_us_total += static_cast<std::uint64_t>(took.count());
    stats_.open_sagas = timers_.open();
    stats_.unpublished = publisher_.waiting();
  }
  if (on_commit_) on_commit_(CommitReport{waiting.size(), took, batch.progress()});

  const std::weak_ptr<Core> self = weak_from_this();
  for (const GatewayCall& call : batch.gateway_calls())
    make_call(call, gateway_, [self](Command reply) {
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
      try_again_later(std::move(w), receipt.error());
    } else if (const auto* wake = std::get_if<WakeRequest>(&w.command); wake && !receipt && wake->timer) {
      // Out of date: another node drives this saga now, or it has moved on.
      timers_.forget(order_of(wake->saga), *wake->timer);
    }
  }
}

void Engine::Core::note_late_charges(const CommandBatch& batch) {
  for (const Event& event : batch.events()) {
    const bool is_late = event.type == EventType::payment_charged_late;
    if (!is_late && event.type != EventType::payment_refund_failed) continue;
    log_warn(is_late ? "a charge that had been given up is in effect; it is given back"
                     : "a late charge could not be given back; the saga waits for a person",
             {{"node", writer_.node}, {"order", event.order.text()}, {"payment", event.data}});
    const std::lock_guard lock(stats_mutex_);
    stats_.late_charges += is_late;
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

// A batch that the store will never take: one command in it is at fault. Each is tried alone, so that it cannot stop the
// others.
bool Engine::Core::reject(std::vector<Waiting> waiting, const Error& error) {
  if (waiting.size() == 1) {
    Waiting& w = waiting.front();
    if (!w.done) {
      try_again_later(std::move(w), error);
    } else {
      log_error("a command cannot be written", {{"node", writer_.node}, {"error", error.message}});
      w.done(error);
    }
    return store_answers();
  }
  for (Waiting& w : waiting) {
    std::vector<Waiting> alone;
    alone.push_back(std::move(w));
    if (hold_ == Duration{} && registered_) (void)commit(std::move(alone));
    else not_committed(std::move(alone), Error{ErrorCode::unavailable, "the database cannot be used; try again"});
  }
  return hold_ == Duration{};
}

// What the engine owes a saga is never given up, since nobody else would ask for it.
void Engine::Core::try_again_later(Waiting own, const Error& error) {
  const auto order = flow_of(own.command);
  const std::string times = std::to_string(own.failures + 1);
  const bool kept = failed_.put(std::move(own), clock_.steady());
  count_stuck();
  log_error(kept ? "a command of the engine's own cannot be carried out and will be tried again; its saga stands still"
                 : "too many commands of the engine's own cannot be carried out: this one is given up",
            {{"node", writer_.node}, {"saga", order ? order->text() : "-"}, {"tries", times}, {"error", error.message}});
}

EngineStats Engine::Core::stats() const {
  const std::lock_guard lock(stats_mutex_);
  EngineStats stats = stats_;
  stats.queue_depth = queue_.size();
  stats.unpublished = publisher_.waiting();
  if (const auto hold = publisher_.hold()) {
    stats.held_back = hold->of;
    stats.held_back_by = hold->by;
    stats.held_back_for = clock_.steady() - hold->since;
  }
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
SteadyTime Engine::batch_deadline() const {
  return core_->batch_deadline();
}
void Engine::call_at(SteadyTime at, std::function<void()> call) {
  core_->call_at(at, std::move(call));
}
void Engine::stop() { core_->stop(); }
EngineStats Engine::stats() const { return core_->stats(); }
FlowWatch& Engine::watch() { return core_->watch(); }
const EngineOptions& Engine::options() const { return core_->options(); }
void Engine::on_commit(std::function<void(const CommitReport&)> observe) {
  core_->set_on_commit(std::move(observe));
}

}  // namespace sagactl
