#include "analysis/history/read_ahead.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace sagactl {
namespace {

constexpr std::size_t batch_flows = 64, batches_max = 16;

// Only the first `count` flows are valid; the others are kept for their memory.
struct FlowBatch {
  std::vector<FlowHistory> flows;
  std::size_t count = 0;

  void take(FlowHistory& flow) {
    if (count == flows.size()) flows.emplace_back();
    std::swap(flows[count++], flow);
  }
};

// Between the reading and the judging thread. Batches are reused, so the memory of flows is allocated and freed by the
// reading thread only: two threads that alternate contend for the allocator.
class FlowQueue {
 public:
  // Waits for room. False: the queue is closed.
  bool put(FlowBatch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return batches_.size() < batches_max || closed_; });
    if (closed_) return false;
    batches_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }
  // Waits for a batch. Empty: there is none left.
  FlowBatch take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !batches_.empty() || closed_; });
    if (batches_.empty()) return {};
    FlowBatch batch = std::move(batches_.front());
    batches_.pop_front();
    changed_.notify_all();
    return batch;
  }
  void recycle(FlowBatch batch) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(batch));
  }
  // A recycled batch to be refilled, or a new one.
  FlowBatch spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return {};
    FlowBatch batch = std::move(spare_.back());
    spare_.pop_back();
    batch.count = 0;
    return batch;
  }
  // By the reader at the end, or by the consumer when it stops early.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<FlowBatch> batches_;
  std::vector<FlowBatch> spare_;
  bool closed_ = false;
};

Result<void> read(History& history, const HistoryFilter& filter, FlowQueue& queue) {
  FlowBatch batch;
  auto done = history.each_flow(filter, [&](FlowHistory& flow) {
    batch.take(flow);
    if (batch.count < batch_flows) return true;
    const bool wanted = queue.put(std::move(batch));
    batch = queue.spare();
    return wanted;
  });
  if (batch.count > 0) queue.put(std::move(batch));
  return done;
}

}  // namespace

Result<void> each_flow_ahead(History& history, const HistoryFilter& filter,
                             const std::function<void(const FlowHistory&)>& visit) {
  FlowQueue queue;
  Result<void> done;
  std::jthread reader([&] {
    done = read(history, filter, queue);
    queue.close();
  });
  // Also when `visit` throws, the reader ends before the objects that it uses are destroyed.
  struct CloseQueueOnExit {
    FlowQueue& queue;
    ~CloseQueueOnExit() { queue.close(); }
  } close_queue{queue};
  for (FlowBatch batch = queue.take(); batch.count > 0; batch = queue.take()) {
    for (std::size_t i = 0; i < batch.count; ++i) visit(batch.flows[i]);
    queue.recycle(std::move(batch));
  }
  reader.join();
  return done;
}

}  // namespace sagactl
