// Over how many partitions of each topic the keys of this cluster are spread. Every node puts a key into the same
// partition for as long as the cluster lives, also when partitions are added later: a reader sees the events of one flow
// one behind the other.
#pragma once

#include <map>
#include <string>

#include "common/result.hpp"

namespace sagactl {

class PartitionCounts {
 public:
  virtual ~PartitionCounts() = default;

  // `there`: how many partitions each topic has now. What is in the book already stays as it is. Returns what is in the
  // book of these topics. Any thread; may wait for the database, some seconds at most.
  virtual Result<std::map<std::string, int>> remember(const std::map<std::string, int>& there) = 0;
};

}  // namespace sagactl
