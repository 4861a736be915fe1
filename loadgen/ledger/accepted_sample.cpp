#include "loadgen/ledger/accepted_sample.hpp"

#include <utility>

namespace sagactl {

void AcceptedSample::give(const LedgerEntry& entry) {
  const std::lock_guard lock(mutex_);
  if (!wanted_.exchange(false, std::memory_order_relaxed)) return;
  const std::string_view name = entry.order_name.text();
  order_ = Order{name.empty() ? entry.order.text() : std::string(name), entry.sent};
  user_ = entry.user;
  given_.notify_one();
}

void AcceptedSample::set_user_headers(UserHeaders headers) {
  const std::lock_guard lock(mutex_);
  user_headers_ = std::move(headers);
}

std::optional<AcceptedSample::Order> AcceptedSample::next(Duration wait, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  order_.reset();
  wanted_.store(true, std::memory_order_relaxed);
  given_.wait_for(lock, stop, wait, [this] { return order_.has_value(); });
  wanted_.store(false, std::memory_order_relaxed);
  if (order_ && user_headers_) order_->headers = user_headers_(user_);
  return std::exchange(order_, std::nullopt);
}

}  // namespace sagactl
