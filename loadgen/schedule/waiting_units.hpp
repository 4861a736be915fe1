// The backlog of one worker: units that are due and wait for connections. Bounded; allocates only at the
// start.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "loadgen/schedule/scenario.hpp"

namespace sagactl {

struct DueUnit {
  LoadUnit unit;
  std::int64_t planned_ns = 0;
  std::int64_t own_late_ns = 0;  // of what it is late: the generator's own fault
};

// Lines in the order of arrival: one per target for single orders, and one for groups, which go to any
// targets.
class WaitingUnits {
 public:
  WaitingUnits(std::size_t targets, std::uint32_t requests_max);

  // False, and nothing done, when there would be more than requests_max requests.
  bool push(std::size_t line, const DueUnit& due);

  const DueUnit* front(std::size_t line) const;  // null when nobody waits
  void pop(std::size_t line);

  std::size_t group_line() const { return lines_.size() - 1; }
  std::size_t lines() const { return lines_.size(); }
  std::uint32_t requests() const { return requests_; }
  std::uint32_t length(std::size_t line) const { return lines_[line].length; }  // units

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  struct Node {
    DueUnit due;
    std::uint32_t next = none;
  };
  struct Line {
    std::uint32_t head = none;
    std::uint32_t tail = none;
    std::uint32_t length = 0;
  };

  std::vector<Node> nodes_;
  std::vector<Line> lines_;
  std::uint32_t free_ = none;
  std::uint32_t requests_ = 0;
  std::uint32_t requests_max_;
};

}  // namespace sagactl
