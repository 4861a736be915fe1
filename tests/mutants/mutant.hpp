// The faults that can be planted in a real node, by name. They are in this program of the tests alone.
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
  // Puts the fault between the nodes and what they use. Empty: it stands before the nodes.
  void (*plant)(SharedParts& parts, std::uint64_t seed);
  std::optional<ProxyFault> proxy = std::nullopt;
};

const std::vector<Mutant>& mutants();  // "none" first: nothing is wrong with it
const Mutant* find_mutant(std::string_view name);

}  // namespace sagactl::mutants
