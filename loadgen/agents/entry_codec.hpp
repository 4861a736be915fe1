// Ledger entries as bytes, to be sent to another machine. The same on every machine: little endian, without gaps.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "loadgen/ledger/ledger_entries.hpp"

namespace sagactl {

void append_entry(std::string& out, const LedgerEntry& entry);

// The head of a ledger that entries have to fit.
struct EntryLimits {
  std::size_t phases = 1, targets = 1, steps = 1, users = 1;
};

// Reads entries from pieces that may end anywhere.
class EntryReader {
 public:
  // Long order ids are kept by `names`, which outlives the entries.
  EntryReader(const EntryLimits& limits, LongNames& names) : limits_(limits), names_(names) {}

  // Calls `take(entry)` for each that is complete. `invalid` for bytes that are no entries; then nothing more may be
  // read.
  template <class Take>
  Result<void> read(std::string_view bytes, Take take) {
    rest_.append(bytes);
    std::size_t at = 0;
    while (true) {
      LedgerEntry entry;
      const auto size = read_one(std::string_view(rest_).substr(at), entry);
      if (!size) return size.error();
      if (*size == 0) break;
      take(entry);
      at += *size;
    }
    rest_.erase(0, at);
    return {};
  }
  bool is_at_end() const { return rest_.empty(); }  // of an entry

 private:
  // The size of the entry; 0: it is not complete.
  Result<std::size_t> read_one(std::string_view bytes, LedgerEntry& entry);

  const EntryLimits limits_;
  LongNames& names_;
  std::string rest_;
};

}  // namespace sagactl
