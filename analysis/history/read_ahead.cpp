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

// The first `count` of the flows; the others are there for their memory.
struct FlowBatch {
  std::vector<FlowHistory> flows;
  std::size_t count = 0;

  void take(FlowHistory& flow) {
    if (count == flows.size()) flows.emplace_back();
    std::swap(flows[count++], flow);
  }
};

// Between the thread that reads and the one that looks. Batches go round, so that the memory of flows is allocated and
// given back by one thread: two that do it by turns wait for each other.
class FlowQueue {
 public:
  // Waits for room. False: it is closed, since nobody looks any more.
  bool put(FlowBatch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return batches_.size() < batches_max || closed_; });
    if (closed_) return false;
    batches_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }
  // Waits for a batch. Empty: there are no more.
  FlowBatch take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !batches_.empty() || closed_; });
    if (batches_.empty()) return {};
    FlowBatch batch = std::move(batches_.front());
    batches_.pop_front();
    changed_.notify_all();
    return batch;
  }
  void give_back(FlowBatch batch) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(batch));
  }
  // One that was given back, to be filled anew, or a new one.
  FlowBatch spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return {};
    FlowBatch batch = std::move(spare_.back());
    spare_.pop_back();
    batch.count = 0;
    return batch;
  }
  // By the one who reads no more, or the one who looks no more.
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
                             const std::function<void(const FlowHistory&)>& see) {
  FlowQueue queue;
  Result<void> done;
  std::jthread reader([&] {
    done = read(history, filter, queue);
    queue.close();
  });
  // Also when `see` throws, the reader ends before what it uses goes.
  struct Leaving {
    FlowQueue& queue;
    ~Leaving() { queue.close(); }
  } leaving{queue};
  for (FlowBatch batch = queue.take(); batch.count > 0; batch = queue.take()) {
    for (std::size_t i = 0; i < batch.count; ++i) see(batch.flows[i]);
    queue.give_back(std::move(batch));
  }
  reader.join();
  return done;
}

}  // namespace sagactl
