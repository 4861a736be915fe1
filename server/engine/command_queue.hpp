// The commands that wait for the engine's next batch. Any thread may add one; the engine's turns take them out.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "server/engine/command.hpp"

namespace sagactl {

struct QueuedCommand {
  Command command;
  Completion done;        // none: an internal command of the engine, which is kept until it can be committed
  unsigned failures = 0;  // of an internal command
  bool is_awaited = true;
};

class CommandQueue {
 public:
  // Refuses clients' commands with `busy` while `max` commands are queued. `full` commands make a full batch.
  CommandQueue(std::size_t max, std::size_t full) : max_(max), full_(full) {}

  // `wake` is called for the first command of an empty queue, for the first that is awaited, for the command that fills
  // a batch, and by wake(). It must not call this queue. Once on_work() has replaced it, it is not called again.
  void on_work(std::function<void()> wake);
  void wake();

  // Whether every command wakes, for the time in which the engine refuses commands immediately.
  void wake_for_each(bool each);

  // `done` is called here when the queue is full or closed. A command without `done` is internal: it is accepted as
  // long as the queue is open.
  void put(Command command, Completion done);

  // Adds an internal command that nobody waits for, so that it may share a later batch.
  void put_unawaited(Command command);

  // The same, from within a turn and without waking the engine. Internal commands follow from durable state and are
  // always accepted: the number of open sagas bounds them.
  void put_internal(Command command);

  // Takes up to `max` commands, oldest first.
  std::vector<QueuedCommand> take(std::size_t max);

  // Puts commands that were taken but not carried out back in front, in their order.
  void put_back(std::vector<QueuedCommand> taken);

  // Refuses all later commands, and returns those that were queued.
  std::deque<QueuedCommand> close();

  std::size_t size() const;
  bool has_awaited() const;

 private:
  void add(QueuedCommand queued);

  const std::size_t max_, full_;
  mutable std::mutex mutex_;
  std::deque<QueuedCommand> queue_;
  std::size_t awaited_ = 0;  // of these
  std::function<void()> on_work_;
  bool closed_ = false, wakes_for_each_ = false;
};

}  // namespace sagactl
