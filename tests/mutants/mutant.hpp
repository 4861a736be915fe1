// The faults that can be planted in a real node, by name. Only this test program contains them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/node/shared_parts.hpp"
#include "tests/mutants/faulty_proxy.hpp"

namespace sagactl::mutants {

struct Mutant {
  std::string_view name;
  // Replaces a port of the nodes by a faulty one. A fault of `proxy` is in front of the nodes instead.
  void (*plant)(SharedParts& parts, std::uint64_t seed);
  std::optional<ProxyFault> proxy = std::nullopt;
};

const std::vector<Mutant>& mutants();  // the first is "none", without a fault
const Mutant* find_mutant(std::string_view name);

}  // namespace sagactl::mutants
