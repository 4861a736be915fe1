// The entries of a ledger, in the order of their operations: in memory when they are few, in a file that is
// mapped when they are many. A walk over those in a file gives back the memory of what it has passed.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <vector>

#include "common/mapped_records.hpp"
#include "loadgen/ledger_entry.hpp"

namespace sagactl {

using MappedEntries = MappedRecords<LedgerEntry>;

// Addresses of entries are good as long as nothing is added or changed.
class LedgerEntries {
 public:
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = LedgerEntry;
    using difference_type = std::ptrdiff_t;
    using pointer = const LedgerEntry*;
    using reference = const LedgerEntry&;
    const_iterator() = default;
    const_iterator(const LedgerEntry* at, const MappedEntries* mapped) : at_(at), mapped_(mapped) {}
    reference operator*() const { return *at_; }
    pointer operator->() const { return at_; }
    const_iterator& operator++() {
      ++at_;
      if (mapped_ != nullptr) mapped_->passed(at_);
      return *this;
    }
    const_iterator operator++(int) {
      const const_iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const const_iterator& a, const const_iterator& b) { return a.at_ == b.at_; }

   private:
    const LedgerEntry* at_ = nullptr;
    const MappedEntries* mapped_ = nullptr;
  };

  LedgerEntries() = default;
  LedgerEntries(std::initializer_list<LedgerEntry> entries) : memory_(entries) {}
  explicit LedgerEntries(std::vector<LedgerEntry> entries) : memory_(std::move(entries)) {}
  explicit LedgerEntries(std::shared_ptr<const MappedEntries> mapped) : mapped_(std::move(mapped)) {}

  std::size_t size() const { return mapped_ ? mapped_->size() : memory_.size(); }
  bool empty() const { return size() == 0; }
  bool is_in_file() const { return mapped_ != nullptr; }
  const LedgerEntry& operator[](std::size_t index) const {
    if (mapped_) mapped_->touched();
    return data()[index];
  }
  const LedgerEntry& front() const { return data()[0]; }
  const LedgerEntry& back() const { return data()[size() - 1]; }
  const_iterator begin() const { return {data(), mapped_.get()}; }
  const_iterator end() const { return {data() + size(), mapped_.get()}; }
  // Of one of these.
  std::size_t place_of(const LedgerEntry& entry) const { return static_cast<std::size_t>(&entry - data()); }
  // That of an operation; null when it was skipped.
  const LedgerEntry* find(std::uint64_t operation) const;

  // To change them. Those in a file come into memory first.
  LedgerEntry& operator[](std::size_t index) { return in_memory()[index]; }
  LedgerEntry& front() { return in_memory().front(); }
  LedgerEntry& back() { return in_memory().back(); }
  LedgerEntry* begin() { return in_memory().data(); }
  LedgerEntry* end() { return in_memory().data() + memory_.size(); }
  void push_back(const LedgerEntry& entry) { in_memory().push_back(entry); }
  void resize(std::size_t size) { in_memory().resize(size); }
  void clear() { in_memory().clear(); }

  friend bool operator==(const LedgerEntries& a, const LedgerEntries& b);

 private:
  const LedgerEntry* data() const { return mapped_ ? mapped_->data() : memory_.data(); }
  std::vector<LedgerEntry>& in_memory();

  std::vector<LedgerEntry> memory_;
  std::shared_ptr<const MappedEntries> mapped_;
};

}  // namespace sagactl
