#include "server/engine/engine.hpp"

#include <algorithm>

#include "common/log.hpp"
#include "common/text/json.hpp"
#include "server/engine/effects.hpp"
#include "server/engine/engine_core.hpp"

namespace sagactl {
namespace {

constexpr Duration resolve_within = 1s;

bool wakes_adopted_saga(const Command& command) {
  const auto* wake = std::get_if<WakeRequest>(&command);
  return wake && !wake->timer;
}

}  // namespace

bool Engine::Core::commit_batch(std::vector<QueuedCommand> commands) {
  BatchKeys keys;
  for (const QueuedCommand& queued : commands) add_keys(queued.command, keys);
  keys.add_dependent = [this](const Loaded& found, BatchKeys& more) {
    add_dependent_keys(found.flows, writer_.node, more);
  };
  const SteadyTime began = clock_.steady();
  commit_began_ = began;
  is_at_rest_ = false;
  std::unique_ptr<CommandBatch> batch;
  std::vector<Result<Receipt>> receipts;
  const auto commit = decide_and_store(keys, commands, batch, receipts);
  commit_took_ = clock_.steady() - began;
  if (!commit && commit.error().code == ErrorCode::bug) return on_rejected(std::move(commands), commit.error());
  if (!commit) {
    batch_limit_ = std::max<std::size_t>(1, commands.size() / 2);
    fail_or_requeue(std::move(commands), commit.error());
    return back_off(commit.error().message);
  }
  batch_limit_ = std::min(batch_limit_ + batch_limit_ / 8 + 1, options_.batch_max);
  mark_store_available();
  if (*commit == Commit::fenced) {
    on_fenced();
    fail_or_requeue(std::move(commands), Error{ErrorCode::unavailable, "this node lost its lease; try again"});
  } else {
    after_commit(std::move(commands), *batch, std::move(receipts));
  }
  return true;
}

// Within the store's transaction: loads the rows, decides all commands on them in memory, writes the changes.
Result<Commit> Engine::Core::decide_and_store(const BatchKeys& keys, const std::vector<QueuedCommand>& commands,
                                              std::unique_ptr<CommandBatch>& batch,
                                              std::vector<Result<Receipt>>& receipts) {
  Loaded loaded;
  const auto decide_batch = [&](Timestamp now) {
    batch = std::make_unique<CommandBatch>(std::move(loaded), writer_, sequence_, options_.policy, now, clock_.steady(),
                                           random_);
    receipts.clear();
    receipts.reserve(commands.size());
    for (const QueuedCommand& queued : commands)
      receipts.push_back(batch->apply(queued.command, queued.done != nullptr));
    return batch->changes();
  };
  auto commit = store_.transact(writer_, keys, loaded, decide_batch);
  if (!commit && commit.error().code == ErrorCode::unknown_outcome && batch)
    return resolve_uncertain_commit(*batch, commit.error());
  return commit;
}

// The answer to a commit was lost: whether its first event is stored tells whether it happened. When the store cannot
// be asked, or the batch has no events, nothing is assumed: the node registers under a new epoch, which reads the last
// stored sequence and adopts the node's sagas.
Result<Commit> Engine::Core::resolve_uncertain_commit(const CommandBatch& batch, const Error& error) {
  // A store that took longer than this to fail would block again.
  const bool is_responsive = clock_.steady() - commit_began_.load() < resolve_within;
  if (is_responsive && !batch.events().empty()) {
    const auto is_stored = store_.has_event(writer_.node, batch.events().front().sequence);
    if (is_stored && *is_stored) return Commit::committed;
    if (is_stored) return Error{ErrorCode::unavailable, error.message};
  }
  registered_ = false;
  return error;
}

void Engine::Core::after_commit(std::vector<QueuedCommand> commands, CommandBatch& batch,
                                std::vector<Result<Receipt>> receipts) {
  sequence_ = batch.last_sequence();
  report_late_charges(batch);
  report_failed_sagas(batch);
  if (options_.log_flows) log_flows(batch);
  publisher_.committed(batch.take_events());
  const SteadyTime now = clock_.steady();
  for (const Wake& wake : batch.wakes()) {
    timers_.set(wake, now);
    watch_.written(wake.order);
  }
  {
    const std::lock_guard lock(stats_mutex_);
    ++stats_.commits;
    stats_.commands += commands.size();
    stats_.last_batch_size = commands.size();
    stats_.commit_us_total += static_cast<std::uint64_t>(commit_took_.count());
    stats_.open_sagas = timers_.open();
    stats_.unpublished = publisher_.waiting();
  }
  if (on_commit_) on_commit_(CommitReport{commands.size(), commit_took_, batch.progress(options_.is_traced)});

  const std::weak_ptr<Core> self = weak_from_this();
  if (!batch.gateway_calls().empty()) {
    const auto reply = std::make_shared<const ReplyToCall>([self](Command answer) {
      if (const auto core = self.lock()) core->take_gateway_answer(std::move(answer));
    });
    for (const GatewayCall& call : batch.gateway_calls()) call_gateway(call, gateway_, reply);
  }

  if (participants_) call_participants(batch);
  for (const auto& it : batch.ended_nested()) queue_.put(TryNowRequest{it.parent, it.nested}, nullptr);
  if (exchange_) {
    for (const RemoteCall& call : batch.remote_calls()) exchange_->send(call);
    for (const RemoteReply& reply : batch.remote_replies()) exchange_->send(reply);
  }

  for (std::size_t i = 0; i < commands.size(); ++i) {
    QueuedCommand& queued = commands[i];
    Result<Receipt>& receipt = receipts[i];
    if (wakes_adopted_saga(queued.command) && unwoken_ > 0) --unwoken_;
    if (queued.done) {
      queued.done(std::move(receipt));
    } else if (!receipt && receipt.error().code == ErrorCode::bug) {
      retry_later(std::move(queued), receipt.error());
    } else if (const auto* wake = std::get_if<WakeRequest>(&queued.command); wake && !receipt && wake->timer) {
      // Out of date: another node drives this saga now, or the saga has made progress.
      timers_.forget(order_of(wake->saga), *wake->timer);
    }
  }
}

// A client has the answer to its order, and waits for the payment's only if it watches the flow. From any thread.
void Engine::Core::take_gateway_answer(Command answer) {
  const auto order = flow_of(answer);
  if (order && watch_.is_watched(*order))
    queue_.put(std::move(answer), nullptr);
  else
    queue_.put_unawaited(std::move(answer));
}

// A call begins only under a lease that has not expired: a node that was paused may have lost its sagas to another.
void Engine::Core::set_participants(ParticipantCaller& participants) {
  participants_ = &participants;
  participants.set_guard([self = weak_from_this()] {
    const auto core = self.lock();
    return core && core->clock_.steady() < core->lease_until_.load();
  });
}

void Engine::Core::call_participants(CommandBatch& batch) {
  for (const SagaId saga : batch.withdrawn()) participants_->withdraw(saga);
  for (const ParticipantCall& call : batch.take_withdrawn_calls()) queue_.put(reply_without_call(call), nullptr);
  const std::weak_ptr<Core> self = weak_from_this();
  for (ParticipantCall& call : batch.participant_calls()) {
    const auto reply = [self](Command answer) {
      if (const auto core = self.lock()) core->queue_.put(std::move(answer), nullptr);
    };
    if (call.nested)
      queue_.put(command_to_nested(call), reply_from_nested(call, clock_, reply));
    else
      call_participant(std::move(call), *participants_, reply);
  }
}

// What this epoch has decided to call must not begin under a later one: another node may drive those sagas by then.
void Engine::Core::withdraw_calls() {
  if (participants_)
    for (const OrderId order : timers_.flows()) participants_->withdraw(saga_of(order));
}

void Engine::Core::log_flows(const CommandBatch& batch) {
  for (const Event& event : batch.events()) {
    std::string_view what;
    switch (event.type) {
      case EventType::order_created:
        what = "Order created";
        break;
      case EventType::saga_completed:
        what = "Saga completed";
        break;
      case EventType::saga_compensated:
        what = "Saga compensation completed";
        break;
      case EventType::saga_failed:
      case EventType::saga_compensation_failed:
        what = "Saga failed";
        break;
      default:
        continue;
    }
    log_info(what, {{"node", writer_.node}, {"saga_type", event.saga_type}, {"order", event.order.text()}});
  }
}

void Engine::Core::report_late_charges(const CommandBatch& batch) {
  for (const Event& event : batch.events()) {
    const bool is_late = event.type == EventType::payment_charged_late;
    if (!is_late && event.type != EventType::payment_refund_failed) continue;
    log_warn(is_late ? "late charge found in effect; refunding it"
                     : "a late charge could not be refunded; its saga requires manual intervention",
             {{"node", writer_.node}, {"order", event.order.text()}, {"payment", event.data}});
    const std::lock_guard lock(stats_mutex_);
    stats_.late_charges += is_late;
  }
}

// Those that failed by themselves: who ends a saga by hand knows of it.
void Engine::Core::report_failed_sagas(const CommandBatch& batch) {
  for (const Event& event : batch.events()) {
    if (event.type != EventType::saga_failed && event.type != EventType::saga_compensation_failed) continue;
    if (!event.metadata.empty()) continue;
    const std::string saga = event.aggregate.text();
    const Json data = read_json(event.data);
    const auto text_of = [&](const char* name) { return data.is_object() ? data.value(name, "") : std::string(); };
    log_warn("a saga requires manual intervention",
             {{"node", writer_.node},
              {"saga_type", event.saga_type},
              {"saga", saga},
              {"correlation_id", event.correlation.empty() ? saga : event.correlation},
              {"step", text_of("step")},
              {"reason", text_of("reason")}});
  }
}

// Commands of clients are answered with the error; internal commands follow from durable state, and stay queued until
// the store is available.
void Engine::Core::fail_or_requeue(std::vector<QueuedCommand> commands, const Error& error) {
  std::vector<QueuedCommand> internal;
  for (QueuedCommand& queued : commands) {
    if (queued.done)
      queued.done(error);
    else
      internal.push_back(std::move(queued));
  }
  queue_.put_back(std::move(internal));
}

bool Engine::Core::commit_each_alone(std::vector<QueuedCommand> commands) {
  for (QueuedCommand& queued : commands) {
    std::vector<QueuedCommand> alone;
    alone.push_back(std::move(queued));
    if (backoff_ == Duration{} && registered_)
      (void)commit_batch(std::move(alone));
    else
      fail_or_requeue(std::move(alone), Error{ErrorCode::unavailable, "the database is unavailable; try again"});
  }
  return backoff_ == Duration{};
}

// The store rejects the batch: because of one command in it, or because it has lost the events that this node wrote
// last, as a standby may have that replaces its primary. Then their numbers are due again, which registering finds out.
bool Engine::Core::on_rejected(std::vector<QueuedCommand> commands, const Error& error) {
  const Result<bool> has_last = sequence_ == 0 ? Result<bool>(true) : store_.has_event(writer_.node, sequence_);
  if (has_last && *has_last) return isolate_failing_command(std::move(commands), error);
  if (!has_last) {
    fail_or_requeue(std::move(commands), has_last.error());
    return back_off(has_last.error().message);
  }
  on_fenced("the database has lost events that this node wrote; registering again under a new epoch");
  fail_or_requeue(std::move(commands), Error{ErrorCode::unavailable, "the database has lost changes; try again"});
  return mark_store_available();
}

// One command of the batch is at fault. Each is committed alone, so that it does not block the others.
bool Engine::Core::isolate_failing_command(std::vector<QueuedCommand> commands, const Error& error) {
  if (commands.size() != 1) return commit_each_alone(std::move(commands));
  QueuedCommand& queued = commands.front();
  if (!queued.done) {
    retry_later(std::move(queued), error);
  } else {
    log_error("the store rejected a command; dropping it", {{"node", writer_.node}, {"error", error.message}});
    queued.done(error);
  }
  return mark_store_available();
}

// An internal command that was lost would leave its saga stuck forever, so it is retried without end.
void Engine::Core::retry_later(QueuedCommand internal, const Error& error) {
  const auto order = flow_of(internal.command);
  const std::string tries = std::to_string(internal.failures + 1);
  const bool was_adopted = wakes_adopted_saga(internal.command);
  const bool is_kept = failed_.put(std::move(internal), clock_.steady());
  if (!is_kept && was_adopted && unwoken_ > 0) --unwoken_;
  update_stuck_count();
  log_error(
      is_kept ? "an internal command failed and will be retried; its saga is stuck until then"
              : "too many internal commands have failed; dropping this one",
      {{"node", writer_.node}, {"saga", order ? order->text() : "-"}, {"tries", tries}, {"error", error.message}});
}

EngineStats Engine::Core::stats() const {
  const std::lock_guard lock(stats_mutex_);
  EngineStats stats = stats_;
  stats.queue_depth = queue_.size();
  stats.unpublished = publisher_.waiting();
  if (const auto held = publisher_.held_back()) {
    stats.held_back = held->node;
    stats.held_back_by = held->behind;
    stats.held_back_for = clock_.steady() - held->since;
  }
  return stats;
}

Engine::Engine(EngineOptions options, Store& store, PaymentGateway& gateway, Bus& bus, Clock& clock)
    : core_(std::make_shared<Core>(std::move(options), store, gateway, bus, clock)) {}
Engine::~Engine() = default;
void Engine::set_exchange(SagaExchange& exchange) {
  core_->set_exchange(exchange);
}
void Engine::set_participants(ParticipantCaller& participants) {
  core_->set_participants(participants);
}
void Engine::set_url(std::string url) {
  core_->set_url(std::move(url));
}
Result<void> Engine::start() {
  return core_->start();
}
void Engine::submit(Command command, Completion done) {
  core_->queue().put(std::move(command), std::move(done));
}
SteadyTime Engine::turn() {
  return core_->turn();
}
void Engine::on_work(std::function<void()> wake) {
  core_->queue().on_work(std::move(wake));
}
SteadyTime Engine::batch_deadline() const {
  return core_->batch_deadline();
}
void Engine::call_at(SteadyTime at, std::function<void()> call) {
  core_->call_at(at, std::move(call));
}
void Engine::stop() {
  core_->stop();
}
EngineStats Engine::stats() const {
  return core_->stats();
}
FlowWatch& Engine::watch() {
  return core_->watch();
}
const EngineOptions& Engine::options() const {
  return core_->options();
}
void Engine::on_commit(std::function<void(const CommitReport&)> observe) {
  core_->set_on_commit(std::move(observe));
}

}  // namespace sagactl
