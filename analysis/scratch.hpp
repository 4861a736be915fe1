// Where what is kept of every order goes when there are too many of them for memory.
#pragma once

#include <cstddef>
#include <string>

namespace sagactl {

struct Scratch {
  std::string directory = "/tmp";
  std::size_t in_memory_max = 64 * 1024;  // records of each kind; further ones go to a file
};

}  // namespace sagactl
