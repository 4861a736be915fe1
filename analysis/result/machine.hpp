// The machine that a run was started on.
#pragma once

#include <cstdint>
#include <string>

#include "common/text/json.hpp"

namespace sagactl {

struct Machine {
  std::string host;
  std::string system;  // "Linux 6.1.0 x86_64"
  std::string processor;
  unsigned cores = 0;
  std::uint64_t memory_mb = 0;
};

Machine this_machine();
Json to_json(const Machine& machine);

}  // namespace sagactl
