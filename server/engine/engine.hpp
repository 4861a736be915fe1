// The engine of one node: queues commands, decides them in batches, commits each batch in one transaction, and then
// carries out its effects. Everything that changes state goes through the engine.
//
// Threads: `turn` and everything not marked as callable from any thread is called by one thread at a time (EngineThread
// in a server, the simulator in a simulation).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/result.hpp"
#include "server/engine/batch/saga_progress.hpp"
#include "server/engine/command.hpp"
#include "server/engine/flow_watch.hpp"
#include "server/participants/perform.hpp"
#include "server/ports/bus.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/participant_caller.hpp"
#include "server/ports/payment_gateway.hpp"
#include "server/ports/saga_exchange.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

struct EngineOptions {
  NodeName node = "node-1";
  std::string url;                 // the node's address, for display
  Duration lease = 2s;             // a node that has not renewed its lease for this long counts as dead
  std::size_t batch_max = 512;     // commands in one commit
  std::size_t queue_max = 20'000;  // queued commands; one more is `busy`
  std::size_t adopt_max = 5'000;   // sagas adopted in one call
  Duration check_due_every = 1s;   // how often due flows are searched for
  Policy policy = {};
  std::uint64_t seed = 0;  // of the jitter
  bool log_flows = false;  // a line in the log for each order that is created and each saga that ends
  bool is_traced = false;  // reports of commits have what traces need
};

struct EngineStats {
  std::uint64_t commits = 0;
  std::uint64_t commands = 0;  // decided, including rejected ones
  std::uint64_t last_batch_size = 0;
  std::uint64_t queue_depth = 0;
  std::uint64_t adopted = 0;
  std::uint64_t commit_us_total = 0;
  std::uint64_t fenced = 0;
  std::uint64_t late_charges = 0;  // found in effect after their payment had failed; they are refunded
  bool store_available = true;
  std::string store_error;       // the last one, while the store is unavailable
  std::int64_t unpublished = 0;  // events of this node
  // Events of node `held_back` have waited for `held_back_for` because they follow unpublished events of node
  // `held_back_by`; "": none.
  std::string held_back, held_back_by;
  Duration held_back_for{0};
  std::uint64_t open_sagas = 0;   // that this node drives
  std::uint64_t stuck_sagas = 0;  // that make no progress because an internal command keeps failing
};

// One commit, for metrics.
struct CommitReport {
  std::size_t commands = 0;  // in its batch
  Duration took{};
  SagaProgress progress;
};

class Engine {
 public:
  // The ports outlive the engine.
  Engine(EngineOptions options, Store& store, PaymentGateway& gateway, Bus& bus, Clock& clock);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Calls the participants of users' sagas. It outlives the engine. Before `start`.
  void set_participants(ParticipantCaller& participants);

  // The connection to participants in other processes. It outlives the engine. Before `start`.
  void set_exchange(SagaExchange& exchange);

  // The node's address, when it is known only after the node listens. Before `start`.
  void set_url(std::string url);

  // Registers the node; the turns that follow adopt its own sagas and those of dead nodes. Call once, first.
  Result<void> start();

  // Queues a command, from any thread. `done` is called exactly once: on the engine's thread when the command is
  // durable or rejected, or immediately on this thread with `busy` when the queue is full, or `unavailable` after
  // `stop`.
  void submit(Command command, Completion done);

  // Does what is due: lease, adoption, timers, one batch of commands, publication. Returns the time at which it has to
  // be called again at the latest; the function given to `on_work` is called when it has to be called immediately.
  SteadyTime turn();
  void on_work(std::function<void()> wake);

  // Commands submitted by then share the next commit. In the past when a commit may start immediately. From any thread.
  SteadyTime batch_deadline() const;

  // Runs `call` in a turn at that time, or when the engine stops. From any thread.
  void call_at(SteadyTime at, std::function<void()> call);

  // Decides the queued commands, then ends the lease so that other nodes adopt immediately. Later commands are refused.
  void stop();

  EngineStats stats() const;  // from any thread
  FlowWatch& watch();         // to wait for this node's next write of a flow; from any thread
  const EngineOptions& options() const;

  // Called after each commit, on the engine's thread.
  void on_commit(std::function<void(const CommitReport&)> observe);

 private:
  class Core;
  std::shared_ptr<Core> core_;  // shared with the callbacks of calls in progress
};

}  // namespace sagactl
