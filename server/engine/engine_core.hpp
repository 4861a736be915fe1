// The implementation of Engine. Each call of the store may take seconds while the database does not answer, so a turn
// ends at the first one that fails: queued commands of clients are answered `unavailable`, and the engine backs off.
//
// engine.cpp: the commit of a batch. engine_turn.cpp: the turn, and the node's registration, lease and backoff.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/engine/batch/command_batch.hpp"
#include "server/engine/command_queue.hpp"
#include "server/engine/deferred_calls.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/failed_commands.hpp"
#include "server/engine/publisher.hpp"
#include "server/engine/saga_timers.hpp"

namespace sagactl {

class Engine::Core : public std::enable_shared_from_this<Engine::Core> {
 public:
  Core(EngineOptions options, Store& store, PaymentGateway& gateway, Bus& bus, Clock& clock)
      : options_(std::move(options)),
        store_(store),
        gateway_(gateway),
        clock_(clock),
        publisher_(store, bus),
        random_(options_.seed),
        queue_(options_.queue_max, options_.batch_max) {}

  Result<void> start();
  SteadyTime turn();
  void stop();
  EngineStats stats() const;

  const EngineOptions& options() const { return options_; }
  void set_url(std::string url) { options_.url = std::move(url); }
  void set_exchange(SagaExchange& exchange) { exchange_ = &exchange; }
  void set_participants(ParticipantCaller& participants);
  CommandQueue& queue() { return queue_; }
  FlowWatch& watch() { return watch_; }
  SteadyTime batch_deadline() const;
  void call_at(SteadyTime at, std::function<void()> call);
  void set_on_commit(std::function<void(const CommitReport&)> observe) { on_commit_ = std::move(observe); }

 private:
  // The parts of a turn. Each returns false when a call of the store failed, which ends the turn.
  bool run_due_work(SteadyTime now);
  bool register_again();
  bool renew_lease(SteadyTime now);
  bool adopt_sagas(SteadyTime now);
  bool adopt_from(Owners owners, SteadyTime now);
  Duration pause_before_adoption(const LeftBehind& left, Owners owners);
  Duration own_interval(Duration of_all, Duration longest);
  bool on_adoption_error(const Error& error, SteadyTime now);
  bool check_due_flows(SteadyTime now);
  bool delete_old_replays(SteadyTime now);
  bool publish_events(SteadyTime now, bool flush = false);
  bool retry_failed_commands(SteadyTime now);
  bool commit_batch(std::vector<QueuedCommand> commands);
  bool commit_each_alone(std::vector<QueuedCommand> commands);
  bool on_rejected(std::vector<QueuedCommand> commands, const Error& error);
  bool isolate_failing_command(std::vector<QueuedCommand> commands, const Error& error);

  void rest(SteadyTime now);
  void fire_timers(SteadyTime now);
  SteadyTime commit_due() const;
  bool may_commit(SteadyTime now) const;
  Result<Commit> decide_and_store(const BatchKeys& keys, const std::vector<QueuedCommand>& commands,
                                  std::unique_ptr<CommandBatch>& batch, std::vector<Result<Receipt>>& receipts);
  Result<Commit> resolve_uncertain_commit(const CommandBatch& batch, const Error& error);
  void after_commit(std::vector<QueuedCommand> commands, CommandBatch& batch, std::vector<Result<Receipt>> receipts);
  void take_gateway_answer(Command answer);
  void call_participants(CommandBatch& batch);
  void withdraw_calls();
  void report_late_charges(const CommandBatch& batch);
  void report_failed_sagas(const CommandBatch& batch);
  void log_flows(const CommandBatch& batch);
  void fail_or_requeue(std::vector<QueuedCommand> commands, const Error& error);
  void retry_later(QueuedCommand internal, const Error& error);
  void on_fenced(std::string_view what = "lease lost; registering again under a new epoch");
  bool back_off(const std::string& why);  // returns false
  bool mark_store_available();            // returns true
  void refuse_queued();
  void update_stuck_count();
  SteadyTime next_turn(SteadyTime now) const;
  void publish_remaining();

  EngineOptions options_;  // constant after the start
  Store& store_;
  PaymentGateway& gateway_;
  Clock& clock_;
  SagaExchange* exchange_ = nullptr;           // null: every participant is on this node
  ParticipantCaller* participants_ = nullptr;  // null: users' sagas call nobody
  Publisher publisher_;
  Random random_;

  CommandQueue queue_;
  DeferredCalls deferred_;
  FlowWatch watch_;
  std::atomic<SteadyTime> commit_began_ = SteadyTime{};
  // Until then no other node can have adopted this node's sagas.
  std::atomic<SteadyTime> lease_until_ = SteadyTime{};

  // Only used in turns.
  Writer writer_;
  bool registered_ = false;
  bool is_at_rest_ = true;  // nothing was committed since memory was given back
  std::int64_t sequence_ = 0;
  SteadyTime renew_at_, adopt_at_, check_due_at_, delete_replays_at_;
  SteadyTime store_answered_at_;  // the store's latest successful call
  SteadyTime adopt_dead_at_;      // from then on an expired lease means that its node is dead
  SteadyTime backoff_until_;
  std::size_t other_nodes_ = 0;  // that are live
  std::size_t unwoken_ = 0;      // adopted sagas whose wake is still queued
  Duration backoff_{};           // zero: the store is available
  Duration commit_took_{};       // the last one
  // Commands in the next commit, at most: half of those in one that failed, since the store may not manage as many in
  // its time, and an eighth more after each one that did not.
  std::size_t batch_limit_ = options_.batch_max;
  SagaTimers timers_;
  FailedCommands failed_;
  std::function<void(const CommitReport&)> on_commit_;

  mutable std::mutex stats_mutex_;
  EngineStats stats_;
};

}  // namespace sagactl
