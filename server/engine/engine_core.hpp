// What is behind an Engine. Its calls of the store each may take seconds while a database does not answer, so a turn ends
// at the first one that fails: what waits from outside is told, and the store is left alone for a while.
//
// engine.cpp: commits. engine_turn.cpp: what is due in a turn, and the lives of the node.
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
  CommandQueue& queue() { return queue_; }
  FlowWatch& watch() { return watch_; }
  SteadyTime batch_deadline() const;
  void call_at(SteadyTime at, std::function<void()> call);
  void set_on_commit(std::function<void(const CommitReport&)> observe) { on_commit_ = std::move(observe); }

 private:
  // What is due, until a call of the store fails. These say whether all calls were answered.
  bool work(SteadyTime now);
  bool begin_life();
  bool keep_lease(SteadyTime now);
  bool adopt(SteadyTime now);
  bool expire_reservations(SteadyTime now);
  bool forget_replays(SteadyTime now);
  bool publish(SteadyTime now, bool flush = false);
  bool commit_failed_ones(SteadyTime now);
  bool commit(std::vector<Waiting> waiting);
  bool reject(std::vector<Waiting> waiting, const Error& error);

  void fire_timers(SteadyTime now);
  bool may_commit(SteadyTime now) const;
  Result<Commit> transact(const BatchKeys& keys, const std::vector<Waiting>& waiting, std::unique_ptr<CommandBatch>& batch,
                          std::vector<Result<Receipt>>& receipts);
  Result<Commit> resolve_doubt(const CommandBatch& batch, const Error& error);
  void committed(std::vector<Waiting> waiting, const CommandBatch& batch, std::vector<Result<Receipt>> receipts,
                 Duration took);
  void note_late_charges(const CommandBatch& batch);
  void not_committed(std::vector<Waiting> waiting, const Error& error);
  void try_again_later(Waiting own, const Error& error);
  void fenced();
  bool hold(const std::string& why);  // false
  bool store_answers();               // true
  void refuse_what_waits();
  void count_stuck();
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
  FlowWatch watch_;
  std::atomic<SteadyTime> commit_began_ = SteadyTime{};

  // Only touched in turns.
  Writer writer_;
  bool registered_ = false;
  std::int64_t sequence_ = 0;
  SteadyTime renew_at_, adopt_at_, expire_at_, forget_at_;
  SteadyTime answered_at_;     // when the store was last known to answer
  SteadyTime adopt_dead_at_;   // from when on a lease that has run out means that its node is dead
  SteadyTime hold_until_;
  Duration hold_{};            // none: the store answers
  SagaTimers timers_;
  FailedCommands failed_;
  std::function<void(const CommitReport&)> on_commit_;

  mutable std::mutex stats_mutex_;
  EngineStats stats_;
};

}  // namespace sagactl
