// How far a reader of messages has come.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace sagactl {

struct ConsumerProgress {
  std::string group;
  std::uint64_t effected = 0, repeated = 0, dead_letters = 0;  // messages, by what became of them
  std::map<std::string, std::int64_t> lag;  // by topic: messages that this member has still to deal with
};

}  // namespace sagactl
