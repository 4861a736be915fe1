#include "loadgen/sending/unit_backlog.hpp"

namespace sagactl {

UnitBacklog::UnitBacklog(std::size_t targets, std::uint32_t requests_max)
    : entries_(requests_max), queues_(targets + 1), requests_max_(requests_max) {
  for (std::uint32_t i = requests_max; i > 0; --i) {
    entries_[i - 1].next = free_;
    free_ = i - 1;
  }
}

bool UnitBacklog::push(std::size_t queue, const DueUnit& due) {
  if (requests_ + due.unit.count > requests_max_) return false;
  const std::uint32_t index = free_;
  free_ = entries_[index].next;
  entries_[index] = {due, none};
  BacklogQueue& to = queues_[queue];
  if (to.tail == none) {
    to.head = index;
  } else {
    entries_[to.tail].next = index;
  }
  to.tail = index;
  ++to.length;
  requests_ += due.unit.count;
  return true;
}

const DueUnit* UnitBacklog::front(std::size_t queue) const {
  const std::uint32_t head = queues_[queue].head;
  return head == none ? nullptr : &entries_[head].due;
}

void UnitBacklog::pop(std::size_t queue) {
  BacklogQueue& from = queues_[queue];
  const std::uint32_t index = from.head;
  from.head = entries_[index].next;
  --from.length;
  if (from.head == none) from.tail = none;
  requests_ -= entries_[index].due.unit.count;
  entries_[index].next = free_;
  free_ = index;
}

}  // namespace sagactl
