// The number of partitions of each topic over which this cluster distributes keys. It never changes once it is stored,
// also when partitions are added to the topic: a key stays in its partition, so that a reader sees the events of one
// flow in order.
#pragma once

#include <map>
#include <string>

#include "common/result.hpp"

namespace sagactl {

class PartitionCounts {
 public:
  virtual ~PartitionCounts() = default;

  // `current`: the number of partitions that each topic has now. Stores the topics that are not stored yet, and returns
  // the stored numbers of all these topics. Any thread; may block on the database, some seconds at most.
  virtual Result<std::map<std::string, int>> remember(const std::map<std::string, int>& current) = 0;
};

}  // namespace sagactl
