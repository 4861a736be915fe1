#include "cli/messages/paced_sender.hpp"

#include <algorithm>
#include <future>
#include <memory>

#include "cli/interrupt.hpp"

namespace sagactl::kafka {
namespace {

// In one batch: a tenth of a second's worth.
std::size_t batch_max(double rate) {
  return static_cast<std::size_t>(std::clamp(rate / 10, 1.0, 1000.0));
}

}  // namespace

PacedSender::PacedSender(Producer& producer, double rate, std::stop_token stop)
    : producer_(producer), rate_(rate), stop_(std::move(stop)) {}

bool PacedSender::send(std::span<const Outgoing> messages) {
  while (!messages.empty()) {
    const std::size_t count = std::min(messages.size(), batch_max(rate_));
    if (!await_turn() || !send_batch(messages.first(count))) return false;
    messages = messages.subspan(count);
  }
  return true;
}

bool PacedSender::await_turn() {
  const auto due = began_ + std::chrono::duration<double>(static_cast<double>(sent_) / rate_);
  const auto left = std::chrono::duration_cast<Duration>(due - std::chrono::steady_clock::now());
  return left.count() <= 0 ? !stop_.stop_requested() : pause(stop_, left);
}

bool PacedSender::send_batch(std::span<const Outgoing> messages) {
  const auto answered = std::make_shared<std::promise<Result<void>>>();
  auto answer = answered->get_future();
  producer_.send(messages, [answered](Result<void> result) { answered->set_value(std::move(result)); });
  result_ = answer.get();
  if (result_) sent_ += static_cast<std::int64_t>(messages.size());
  return result_.ok();
}

}  // namespace sagactl::kafka
