#include "analysis/read_ahead.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace sagactl {
namespace {

constexpr std::size_t batch_flows = 64, batches_max = 16;

using FlowBatch = std::vector<FlowHistory>;

// Between the thread that reads and the one that looks.
class FlowQueue {
 public:
  // Waits for room. False: nobody looks any more.
  bool put(FlowBatch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return batches_.size() < batches_max || given_up_; });
    if (given_up_) return false;
    batches_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  // Empty: there are no more.
  FlowBatch take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !batches_.empty() || ended_; });
    if (batches_.empty()) return {};
    FlowBatch batch = std::move(batches_.front());
    batches_.pop_front();
    changed_.notify_all();
    return batch;
  }
  void give_up() {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<FlowBatch> batches_;
  bool ended_ = false, given_up_ = false;
};

Result<void> read(History& history, const HistoryFilter& filter, FlowQueue& queue) {
  FlowBatch batch;
  auto done = history.each_flow(filter, [&](FlowHistory flow) {
    batch.push_back(std::move(flow));
    return batch.size() < batch_flows || queue.put(std::exchange(batch, {}));
  });
  if (!batch.empty()) queue.put(std::move(batch));
  return done;
}

}  // namespace

Result<void> each_flow_ahead(History& history, const HistoryFilter& filter,
                             const std::function<void(const FlowHistory&)>& see) {
  FlowQueue queue;
  Result<void> done;
  std::jthread reader([&] {
    done = read(history, filter, queue);
    queue.end();
  });
  // Also when `see` throws, the reader ends before what it uses goes.
  struct Leaving {
    FlowQueue& queue;
    ~Leaving() { queue.give_up(); }
  } leaving{queue};
  for (FlowBatch batch = queue.take(); !batch.empty(); batch = queue.take())
    for (const FlowHistory& flow : batch) see(flow);
  reader.join();
  return done;
}

}  // namespace sagactl
