// The commands of one node that wait for the next batch. Any thread may put one in; the engine's turns take them out.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "server/engine/command.hpp"

namespace sagactl {

struct Waiting {
  Command command;
  Completion done;  // none: the engine's own command, which is kept until the store can take it
  unsigned failures = 0;  // of the engine's own: how often it could not be carried out
};

class CommandQueue {
 public:
  // More than `max` waiting commands of others are `busy`. `full` are a whole batch.
  CommandQueue(std::size_t max, std::size_t full) : max_(max), full_(full) {}

  // Called when a first command waits, when a whole batch does, and by `wake`; never again once this has taken it away. It must not come back
  // to this queue.
  void on_work(std::function<void()> wake);
  void wake();

  // From now on every command wakes, or again only those that on_work() names. For a time in which what comes is answered
  // at once, whatever waits.
  void wake_for_each(bool each);

  // `done` is called here when the queue is full, or closed. Without `done` it is the node's own: never turned away
  // while the queue is open.
  void put(Command command, Completion done);

  // The node's own, from within a turn, which wakes nobody. What follows from durable state is never turned away: the
  // number of open sagas bounds it.
  void put_own(Command command);

  // Up to `max`, the oldest first.
  std::vector<Waiting> take(std::size_t max);

  // Taken, and not done: in front again, in their order.
  void put_back(std::vector<Waiting> taken);

  // Nothing is taken on afterwards. What waited is given out.
  std::deque<Waiting> close();

  std::size_t size() const;

 private:
  const std::size_t max_, full_;
  mutable std::mutex mutex_;
  std::deque<Waiting> queue_;
  std::function<void()> on_work_;
  bool closed_ = false, wakes_for_each_ = false;
};

}  // namespace sagactl
