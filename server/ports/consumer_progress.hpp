// The progress of a consumer of messages.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace sagactl {

struct ConsumerProgress {
  std::string group;
  std::uint64_t effected = 0, repeated = 0, dead_letters = 0;  // messages, by how they were handled
  std::map<std::string, std::int64_t> lag;  // by topic: messages that this member has not handled yet
};

}  // namespace sagactl
