// The backlog of one worker: units that are due and wait for connections. Bounded; allocates only in the constructor.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "loadgen/schedule/scenario.hpp"

namespace sagactl {

struct DueUnit {
  LoadUnit unit;
  std::int64_t planned_ns = 0;
  std::int64_t own_late_ns = 0;  // the generator's own part of the lateness
  std::uint32_t journey = 0;     // in RunningJourneys
};

// FIFO queues: one per target for single orders, and one for groups, which may go to any targets.
class UnitBacklog {
 public:
  UnitBacklog(std::size_t targets, std::uint32_t requests_max);

  // False, without effect, when there would be more than requests_max requests.
  bool push(std::size_t queue, const DueUnit& due);

  const DueUnit* front(std::size_t queue) const;  // null when empty
  void pop(std::size_t queue);

  std::size_t group_queue() const { return queues_.size() - 1; }
  std::size_t queues() const { return queues_.size(); }
  std::uint32_t requests() const { return requests_; }
  std::uint32_t length(std::size_t queue) const { return queues_[queue].length; }  // units

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  struct BacklogNode {
    DueUnit due;
    std::uint32_t next = none;
  };
  struct BacklogQueue {
    std::uint32_t head = none;
    std::uint32_t tail = none;
    std::uint32_t length = 0;
  };

  std::vector<BacklogNode> entries_;
  std::vector<BacklogQueue> queues_;
  std::uint32_t free_ = none;
  std::uint32_t requests_ = 0;
  std::uint32_t requests_max_;
};

}  // namespace sagactl
