#include "analysis/history/flow_queue.hpp"

namespace sagactl {

std::optional<std::size_t> FlowQueue::next_part() {
  std::unique_lock lock(mutex_);
  const auto next = [&] { return judged_ + open_.size(); };
  changed_.wait(lock, [&] { return closed_ || next() == parts_ || open_.size() < parts_ahead_max; });
  if (closed_ || next() == parts_) return std::nullopt;
  open_.emplace_back();
  return next() - 1;
}

bool FlowQueue::put(std::size_t part, FlowBatch batch) {
  std::unique_lock lock(mutex_);
  const auto batches = [&]() -> std::deque<FlowBatch>& { return open_[part - judged_].batches; };
  changed_.wait(lock, [&] { return closed_ || batches().size() < batches_max; });
  if (closed_) return false;
  batches().push_back(std::move(batch));
  changed_.notify_all();
  return true;
}

void FlowQueue::end(std::size_t part, Result<void> done) {
  const std::lock_guard lock(mutex_);
  open_[part - judged_].has_ended = true;
  if (!done && (!error_ || part < failed_part_)) {
    error_ = std::move(done).error();
    failed_part_ = part;
  }
  changed_.notify_all();
}

FlowBatch FlowQueue::spare() {
  const std::lock_guard lock(mutex_);
  if (spare_.empty()) return {};
  FlowBatch batch = std::move(spare_.back());
  spare_.pop_back();
  batch.count = 0;
  return batch;
}

FlowBatch FlowQueue::take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto can_go_on = [&] {
      return closed_ || judged_ == parts_ ||
             (!open_.empty() && (open_.front().has_ended || !open_.front().batches.empty()));
    };
    changed_.wait(lock, can_go_on);
    if (closed_ || judged_ == parts_) return {};
    PartQueue& part = open_.front();
    if (!part.batches.empty()) {
      FlowBatch batch = std::move(part.batches.front());
      part.batches.pop_front();
      changed_.notify_all();
      return batch;
    }
    if (error_ && failed_part_ == judged_) return {};
    open_.pop_front();
    ++judged_;
    changed_.notify_all();
  }
}

void FlowQueue::recycle(FlowBatch batch) {
  const std::lock_guard lock(mutex_);
  spare_.push_back(std::move(batch));
}

void FlowQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

Result<void> FlowQueue::result() {
  const std::lock_guard lock(mutex_);
  return error_ ? Result<void>(*error_) : Result<void>();
}

}  // namespace sagactl
