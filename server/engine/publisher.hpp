// Publishes the events of this node, and those that dead nodes have left, to the bus in order. The event store is the
// outbox; a checkpoint per node records how far it has been published. After a crash some events are published again:
// receivers recognize repeats by (node, sequence).
//
// The events of one flow are published in the order in which they were written, whichever nodes wrote them: an event
// that follows another node's event is held back, and with it everything that this node wrote later, until the other
// node's checkpoint has passed that event. Events only wait for earlier ones, so these waits cannot form a cycle; the
// events of a dead node are published by live nodes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "common/steady_time.hpp"
#include "server/ports/bus.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

// Called on the engine's thread.
class Publisher {
 public:
  Publisher(Store& store, Bus& bus);

  // Starts an epoch of this node. Its events up to `last_sequence` may be unpublished in the store; those above it that
  // were committed before are lost.
  Result<void> start(const Writer& writer, std::int64_t last_sequence, SteadyTime now);

  // Adds events that this node has just committed, in order.
  void committed(std::deque<Event> events);

  // Frees the memory of events that are published.
  void forget_published();

  // Reads the checkpoint of this node and, with `of_dead_nodes`, those of dead nodes with unpublished events.
  Result<void> load_backlogs(bool of_dead_nodes);

  // Publishes events and moves the checkpoints, each when it is due, or immediately with `flush`. Ends at the first
  // call of the store that fails, with its error.
  Result<void> turn(SteadyTime now, bool flush = false);

  // When its next turn is due.
  SteadyTime due() const;

  std::int64_t waiting() const;  // the number of unpublished events of this node; from any thread

  // The events of `node` are held back until events of the node `behind` are published.
  struct HeldBack {
    NodeName node, behind;
    SteadyTime since;
  };
  // The longest such wait; none: there is none. From any thread.
  std::optional<HeldBack> held_back() const;

  // `wake` is called, from any thread, when the bus has answered and there is more to publish.
  void on_progress(std::function<void()> wake);

  // Waits until the bus has answered everything in flight, or `patience` has passed.
  void await_answers(Duration patience);

 private:
  // The sequences of one node.
  struct NodeOutbox {
    std::int64_t published = 0;   // confirmed by the bus
    std::int64_t last = 0;        // committed
    std::int64_t checkpoint = 0;  // stored
    int losses = 0;               // how often the store has lost the newest events
    bool in_flight = false;
    SteadyTime not_before;  // after a failure, during the bus's batch window, or while held back
    std::optional<HeldBack> held;
  };
  // Used by the bus's callbacks, from any thread.
  struct Shared {
    std::mutex mutex;
    std::condition_variable answered;
    std::map<NodeName, NodeOutbox> outboxes;
    std::function<void()> wake;
  };

  // The next events of a node; `is_full`: there are more.
  struct EventChunk {
    std::vector<Event> events;
    bool is_full;
  };

  static void set_last(NodeOutbox& outbox, std::int64_t last);
  Result<void> publish(const NodeName& node, SteadyTime now, bool immediately);
  Result<EventChunk> next_chunk(const NodeName& node, std::int64_t after);
  Result<bool> is_published(const Event::Position& position);
  Result<std::optional<NodeName>> trim_to_publishable(EventChunk& chunk);
  Result<void> checkpoint(SteadyTime now, bool flush);

  Store& store_;
  Bus& bus_;
  Writer writer_;  // changed with `shared_->mutex` held: waiting() reads it from other threads
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::map<NodeName, std::int64_t> known_checkpoints_;  // of other nodes, as last read
  std::deque<Event> tail_;  // this node's newest events, which need not be read from the store
  SteadyTime next_checkpoint_;
};

}  // namespace sagactl
