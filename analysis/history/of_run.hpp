// Which flows are of a load test.
#pragma once

#include <cstdint>
#include <string>

#include "server/ports/history.hpp"

namespace sagactl {

class RunFilter {
 public:
  // "" for a run: every flow is of it.
  explicit RunFilter(std::string run);
  // An order is of the run that its first product or its correlation names.
  bool holds(const Flow& flow) const;
  bool is_open() const { return run_.empty(); }

 private:
  std::string run_;
  std::uint64_t key_;
};

}  // namespace sagactl
