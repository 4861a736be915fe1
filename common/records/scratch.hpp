// Where records go that are too many for memory, such as those of every order of a long run.
#pragma once

#include <cstddef>
#include <string>

namespace sagactl {

struct Scratch {
  std::string directory = "/tmp";
  std::size_t in_memory_max = 64 * 1024;  // records of each kind; more go to a file
};

}  // namespace sagactl
