// Which flows belong to a load test.
#pragma once

#include <cstdint>
#include <string>

#include "server/ports/history.hpp"

namespace sagactl {

class RunFilter {
 public:
  // "": every flow matches.
  explicit RunFilter(std::string run);
  // An order belongs to the run that its first product or its correlation names.
  bool matches(const Flow& flow) const;
  bool is_open() const { return run_.empty(); }

 private:
  std::string run_;
  std::uint64_t key_;
};

}  // namespace sagactl
