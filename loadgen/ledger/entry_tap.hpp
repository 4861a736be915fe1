// Takes the entries of a running load test soon after their requests have ended, instead of a ledger.
#pragma once

#include <span>

#include "loadgen/ledger/ledger_entry.hpp"

namespace sagactl {

class EntryTap {
 public:
  virtual ~EntryTap() = default;
  // In no particular order. From any thread, one call at a time for each store.
  virtual void take(std::span<const LedgerEntry> entries) = 0;
};

}  // namespace sagactl
