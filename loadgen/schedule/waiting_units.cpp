#include "loadgen/schedule/waiting_units.hpp"

namespace sagactl {

WaitingUnits::WaitingUnits(std::size_t targets, std::uint32_t requests_max)
    : nodes_(requests_max), lines_(targets + 1), requests_max_(requests_max) {
  for (std::uint32_t i = requests_max; i > 0; --i) {
    nodes_[i - 1].next = free_;
    free_ = i - 1;
  }
}

bool WaitingUnits::push(std::size_t line, const DueUnit& due) {
  if (requests_ + due.unit.count > requests_max_) return false;
  const std::uint32_t index = free_;
  free_ = nodes_[index].next;
  nodes_[index] = {due, none};
  Line& to = lines_[line];
  if (to.tail == none) {
    to.head = index;
  } else {
    nodes_[to.tail].next = index;
  }
  to.tail = index;
  ++to.length;
  requests_ += due.unit.count;
  return true;
}

const DueUnit* WaitingUnits::front(std::size_t line) const {
  const std::uint32_t head = lines_[line].head;
  return head == none ? nullptr : &nodes_[head].due;
}

void WaitingUnits::pop(std::size_t line) {
  Line& from = lines_[line];
  const std::uint32_t index = from.head;
  from.head = nodes_[index].next;
  --from.length;
  if (from.head == none) from.tail = none;
  requests_ -= nodes_[index].due.unit.count;
  nodes_[index].next = free_;
  free_ = index;
}

}  // namespace sagactl
