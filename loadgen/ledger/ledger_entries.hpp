// The entries of a ledger, by operation.
#pragma once

#include <initializer_list>
#include <memory>

#include "common/records/records.hpp"
#include "loadgen/ledger/ledger_entry.hpp"

namespace sagactl {

class LedgerEntries : public Records<LedgerEntry> {
 public:
  LedgerEntries() = default;
  LedgerEntries(std::initializer_list<LedgerEntry> entries) : Records(std::vector<LedgerEntry>(entries)) {}
  explicit LedgerEntries(Records<LedgerEntry> entries) : Records(std::move(entries)) {}

  using Records::operator[], Records::front, Records::back, Records::begin, Records::end;
  // The entry of an operation; null when it was skipped.
  const LedgerEntry* find(std::uint64_t operation) const;

  // For changes. Entries in a file are loaded into memory first.
  LedgerEntry& operator[](std::size_t place) { return in_memory()[place]; }
  LedgerEntry& front() { return in_memory().front(); }
  LedgerEntry& back() { return in_memory().back(); }
  LedgerEntry* begin() { return in_memory().data(); }
  LedgerEntry* end() { return begin() + size(); }
  void push_back(const LedgerEntry& entry) { in_memory().push_back(entry); }
  void resize(std::size_t size) { in_memory().resize(size); }
  void clear() { in_memory().clear(); }

  // Ids that are too long for an OrderName. Copies of these entries share them.
  OrderName name(std::string_view text) { return {text, *names_}; }
  const std::shared_ptr<LongNames>& names() const { return names_; }
  void share(std::shared_ptr<LongNames> names) { names_ = std::move(names); }

 private:
  std::shared_ptr<LongNames> names_ = std::make_shared<LongNames>();
};

}  // namespace sagactl
