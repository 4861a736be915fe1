// Node names as small numbers, for what is kept of every order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "server/saga/event.hpp"

namespace sagactl {

class NodeNumbers {
 public:
  // From the 65,535th node on all share one number, whose name is unknown.
  std::uint16_t of(const NodeName& name) {
    const auto known = std::find(names_.begin(), names_.end(), name);
    const auto number = std::min<std::ptrdiff_t>(known - names_.begin(), unknown);
    if (known == names_.end() && number < unknown) names_.push_back(name);
    return static_cast<std::uint16_t>(number);
  }
  NodeName name(std::uint16_t number) const { return number < names_.size() ? names_[number] : NodeName(); }

 private:
  static constexpr std::ptrdiff_t unknown = 65'535;
  std::vector<NodeName> names_;
};

}  // namespace sagactl
