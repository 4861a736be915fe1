#include "loadgen/ledger/ledger_entries.hpp"

#include <algorithm>

namespace sagactl {

const LedgerEntry* LedgerEntries::find(std::uint64_t operation) const {
  // If nothing was skipped, the operation is the place.
  if (operation < size())
    if (const LedgerEntry& there = (*this)[operation]; there.operation == operation) return &there;
  const LedgerEntry* const end = data() + size();
  const LedgerEntry* const found = std::lower_bound(
      data(), end, operation, [](const LedgerEntry& entry, std::uint64_t wanted) { return entry.operation < wanted; });
  return found != end && found->operation == operation ? found : nullptr;
}

}  // namespace sagactl
