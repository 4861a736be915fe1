#include "server/engine/saga_timers.hpp"

#include <tuple>

namespace sagactl {

bool SagaTimers::is_before(const Open::value_type& a, const Open::value_type& b) {
  return std::tie(a.second.due, a.second.at, a.first) < std::tie(b.second.due, b.second.at, b.first);
}

void SagaTimers::put(std::size_t place, Open::value_type* entry) {
  heap_[place] = entry;
  entry->second.place = static_cast<std::uint32_t>(place);
}

void SagaTimers::move_up(std::size_t place) {
  Open::value_type* const entry = heap_[place];
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (!is_before(*entry, *heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void SagaTimers::move_down(std::size_t place) {
  Open::value_type* const entry = heap_[place];
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && is_before(*heap_[child + 1], *heap_[child])) ++child;
    if (!is_before(*heap_[child], *entry)) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, entry);
}

void SagaTimers::push(Open::value_type& entry) {
  heap_.push_back(&entry);
  move_up(heap_.size() - 1);
}

void SagaTimers::remove(Open::value_type& entry) {
  const std::size_t place = std::exchange(entry.second.place, fired);
  if (place == fired) return;
  Open::value_type* const last = heap_.back();
  heap_.pop_back();
  if (last == &entry) return;
  put(place, last);
  move_up(place);
  move_down(last->second.place);
}

void SagaTimers::erase(Open::iterator open) {
  remove(*open);
  open_.erase(open);
}

void SagaTimers::set(const Wake& wake, SteadyTime now) {
  if (!wake.at) {
    if (const auto open = open_.find(wake.order); open != open_.end()) erase(open);
    return;
  }
  const auto [open, is_new] = open_.try_emplace(wake.order);
  if (!is_new) remove(*open);
  open->second.due = now + wake.in;
  open->second.at = *wake.at;
  push(*open);
}

void SagaTimers::forget(OrderId order, Timestamp at) {
  const auto open = open_.find(order);
  if (open != open_.end() && open->second.at == at) erase(open);
}

std::vector<WakeRequest> SagaTimers::fire(SteadyTime now, std::size_t max) {
  std::vector<WakeRequest> due;
  while (due.size() < max && !heap_.empty() && heap_.front()->second.due <= now) {
    Open::value_type& entry = *heap_.front();
    remove(entry);
    due.push_back({saga_of(entry.first), entry.second.at});
  }
  return due;
}

SteadyTime SagaTimers::due() const {
  return heap_.empty() ? never_due : heap_.front()->second.due;
}

std::vector<OrderId> SagaTimers::flows() const {
  std::vector<OrderId> out;
  out.reserve(open_.size());
  for (const auto& [order, timer] : open_) out.push_back(order);
  return out;
}

void SagaTimers::clear() {
  heap_ = {};
  open_ = {};
}

}  // namespace sagactl
