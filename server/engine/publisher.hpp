// Follows the event sequences of this node, and of nodes that died, and hands the events to the bus in order. The
// event store is the outbox; a checkpoint per node says how far it has been emptied. After a crash some events are
// published again: receivers tell repeats by (node, sequence). The events of one flow are published in the order in
// which they were written, whoever wrote them: one that follows another node's waits, and with it all that this node
// wrote later, until the other's checkpoint has passed what it follows. Such waits point back in time only, so that none
// waits for itself; what a dead node has left is published by those that live.
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

  // A new life of this node begins; events up to `last_sequence` may wait in the store.
  Result<void> start(const Writer& writer, std::int64_t last_sequence, SteadyTime now);

  // Events that this node has just made durable, in order.
  void committed(const std::deque<Event>& events);

  // Looks how far this node's events have been published and, with `of_dead`, for events that dead nodes have left.
  Result<void> take_over(bool of_dead);

  // Publishes what waits and moves the checkpoints, each when it is time, or at once with `flush`. Ends at the first
  // call of the store that fails, with its error.
  Result<void> turn(SteadyTime now, bool flush = false);

  // When it wants its next turn.
  SteadyTime due() const;

  std::int64_t waiting() const;  // events of this node that are not published; from any thread

  // Events of a node that may not be published before another's are; from any thread. Of several, those that have waited
  // longest. None: none wait for another node's.
  struct Hold {
    NodeName of, by;
    SteadyTime since;
  };
  std::optional<Hold> hold() const;

  // Called, from any thread, when an answer of the bus came and there is more to publish.
  void on_progress(std::function<void()> wake);

  // Waits until what is under way is answered, or `patience` has passed.
  void await_answers(Duration patience);

 private:
  struct Follow {
    std::int64_t published = 0;   // confirmed by the bus
    std::int64_t last = 0;        // known to be in the store
    std::int64_t checkpoint = 0;  // in the store
    bool in_flight = false;
    SteadyTime not_before;         // after a failure, while the bus gathers, or between looks at another's checkpoint
    std::optional<Hold> hold;
  };
  // What the bus's answers touch, from any thread.
  struct Shared {
    std::mutex mutex;
    std::condition_variable answered;
    std::map<NodeName, Follow> follows;
    std::function<void()> wake;
  };

  // The next events of a node, and whether they are as many as one page may have.
  struct Page {
    std::vector<Event> events;
    bool is_full;
  };

  Result<void> publish(const NodeName& node, SteadyTime now, bool at_once);
  Result<Page> next_page(const NodeName& node, std::int64_t after);
  Result<bool> is_published(const Event::Position& place);
  Result<std::optional<NodeName>> hold_back(Page& page);
  Result<void> checkpoint(SteadyTime now, bool flush);

  Store& store_;
  Bus& bus_;
  Writer writer_;  // changed with `shared_->mutex` held: `waiting` reads it from other threads
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::map<NodeName, std::int64_t> others_;  // how far their checkpoints were when they were last looked at
  std::deque<Event> tail_;  // this node's newest events, so that they need not be read back
  SteadyTime next_checkpoint_;
};

}  // namespace sagactl
