#include "loadgen/ledger_entries.hpp"

#include <algorithm>

namespace sagactl {

const LedgerEntry* LedgerEntries::find(std::uint64_t operation) const {
  if (mapped_) mapped_->touched();
  const LedgerEntry* const end = data() + size();
  // Where nothing was skipped, the operation is the place.
  if (operation < size() && data()[operation].operation == operation) return data() + operation;
  const LedgerEntry* const found =
      std::lower_bound(data(), end, operation, [](const LedgerEntry& entry, std::uint64_t wanted) {
        return entry.operation < wanted;
      });
  return found != end && found->operation == operation ? found : nullptr;
}

std::vector<LedgerEntry>& LedgerEntries::in_memory() {
  if (mapped_) {
    memory_.assign(mapped_->data(), mapped_->data() + mapped_->size());
    mapped_.reset();
  }
  return memory_;
}

bool operator==(const LedgerEntries& a, const LedgerEntries& b) {
  return std::equal(a.data(), a.data() + a.size(), b.data(), b.data() + b.size());
}

}  // namespace sagactl
