// The engine of one node: takes commands, decides them in batches, commits each batch once, and then does what
// follows from it. Everything that changes state goes through here.
//
// Threads: what does not say that it may be called from anywhere runs inside `turn`, which one thread at a time calls
// (EngineThread in a server, the simulator in a simulation).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/result.hpp"
#include "server/engine/command.hpp"
#include "server/engine/flow_watch.hpp"
#include "server/engine/batch/saga_progress.hpp"
#include "server/participants/perform.hpp"
#include "server/ports/bus.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/payment_gateway.hpp"
#include "server/ports/saga_exchange.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

struct EngineOptions {
  NodeName node = "node-1";
  std::string url;               // where other nodes' operators find this one; for display
  Duration lease = 2s;           // a node not heard of for so long is dead
  std::size_t batch_max = 512;   // commands in one commit
  std::size_t queue_max = 20'000;  // commands waiting; one more is `busy`
  std::size_t adopt_max = 5'000;   // sagas adopted in one go
  Duration expire_every = 1s;    // how often reservations whose time is over are looked for
  Policy policy = {};
  std::uint64_t seed = 0;        // of the jitter
};

struct EngineStats {
  std::uint64_t commits = 0;
  std::uint64_t commands = 0;        // decided, refused ones included
  std::uint64_t last_batch_size = 0;
  std::uint64_t queue_depth = 0;
  std::uint64_t adopted = 0;
  std::uint64_t commit_us_total = 0;
  std::uint64_t fenced = 0;
  std::uint64_t late_charges = 0;    // found in effect after they had been given up; they are given back
  bool store_available = true;
  std::string store_error;           // the last one, while it is not available
  std::int64_t unpublished = 0;      // events of this node that wait to be published
  // Events of node `held_back` have waited so long for those of node `held_back_by` that they follow; none: "".
  std::string held_back, held_back_by;
  Duration held_back_for{0};
  std::uint64_t open_sagas = 0;      // that this node drives
  std::uint64_t stuck_sagas = 0;     // that stand still, since a command of the engine's own about them keeps failing
};

// One commit of the engine's, for metrics.
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

  // Where participants in other processes are asked, and asked from. It outlives the engine. Before `start`.
  void set_exchange(SagaExchange& exchange);

  // Where this node is found, when that is known only after it listens. Before `start`.
  void set_url(std::string url);

  // Registers the node; its and dead nodes' sagas are adopted in the turns that follow. Call once, first.
  Result<void> start();

  // Queues a command, from any thread. `done` is called exactly once: on the engine's thread when the command is
  // durable or refused, or at once on this thread with `busy` when the queue is full, or `unavailable` after `stop`.
  void submit(Command command, Completion done);

  // Does what is due: timers, adoption, the lease, one batch of commands, publication. Returns when it wants to
  // be called again at the latest; `submit` calls `on_work` when it wants to be called at once.
  SteadyTime turn();
  void on_work(std::function<void()> wake);

  // What is submitted by then shares the next commit. From any thread; in the past when it may begin at once.
  SteadyTime batch_deadline() const;

  // Makes `call` in a turn at that time, or when the engine stops. From any thread.
  void call_at(SteadyTime at, std::function<void()> call);

  // Decides what is queued, then gives up the lease so that others adopt at once. Nothing is taken on afterwards.
  void stop();

  EngineStats stats() const;  // from any thread
  FlowWatch& watch();         // to wait for a flow that this node writes; from any thread
  const EngineOptions& options() const;

  // Called after each commit, on the engine's thread.
  void on_commit(std::function<void(const CommitReport&)> observe);

 private:
  class Core;
  std::shared_ptr<Core> core_;  // shared with the callbacks of calls that are under way
};

}  // namespace sagactl
