// Between the threads that read flows and the one that judges them: flows are judged in order, whichever thread has
// read them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "server/ports/history.hpp"

namespace sagactl {

// Only the first `count` flows are valid; the others are kept for their memory.
struct FlowBatch {
  static constexpr std::size_t flows_max = 64;

  std::vector<FlowHistory> flows = {};
  std::size_t count = 0;

  void take(FlowHistory& flow) {
    if (count == flows.size()) flows.emplace_back();
    std::swap(flows[count++], flow);
  }
  bool is_full() const { return count >= flows_max; }
};

// Batches are reused, so the memory of flows is allocated and freed by the reading threads only: threads that hand each
// other memory contend for the allocator.
class FlowQueue {
 public:
  // Of that many parts.
  explicit FlowQueue(std::size_t parts) : parts_(parts) {}

  // For the readers. The number of the next part to be read, once it is not too far ahead of the judging; nothing:
  // there is none left, or the queue is closed.
  std::optional<std::size_t> next_part();
  // Waits for room. False: the queue is closed.
  bool put(std::size_t part, FlowBatch batch);
  // The part was read. An error ends the queue after its flows.
  void end(std::size_t part, Result<void> done);
  // A recycled batch to be refilled, or a new one.
  FlowBatch spare();

  // For the judging thread. Waits for the next batch. Empty: there is none left.
  FlowBatch take();
  void recycle(FlowBatch batch);
  // Stops the readers.
  void close();
  // After the last batch.
  Result<void> result();

 private:
  static constexpr std::size_t parts_ahead_max = 4, batches_max = 16;  // of a part that were not taken

  struct PartQueue {
    std::deque<FlowBatch> batches = {};
    bool has_ended = false;
  };

  const std::size_t parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PartQueue> open_;  // from the part that is judged to the last that was begun
  std::size_t judged_ = 0;      // parts before these
  std::vector<FlowBatch> spare_;
  std::optional<Error> error_;
  std::size_t failed_part_ = 0;  // with the error
  bool closed_ = false;
};

}  // namespace sagactl
