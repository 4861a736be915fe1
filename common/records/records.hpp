// A sequence of records: in memory when they are few, in a mapped file when they are many. An iterator over those in a
// file releases the memory that it has passed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "common/records/mapped_records.hpp"

namespace sagactl {

// Addresses of records are valid as long as nothing is changed.
template <class Record>
class Records {
 public:
  using Mapped = MappedRecords<Record>;

  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Record;
    using difference_type = std::ptrdiff_t;
    using pointer = const Record*;
    using reference = const Record&;
    const_iterator() = default;
    const_iterator(const Record* at, const Mapped* mapped) : at_(at), mapped_(mapped) {}
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
    const Record* at_ = nullptr;
    const Mapped* mapped_ = nullptr;
  };

  Records() = default;
  explicit Records(std::vector<Record> records) : memory_(std::move(records)) {}
  explicit Records(std::shared_ptr<const Mapped> mapped) : mapped_(std::move(mapped)) {}

  std::size_t size() const { return mapped_ ? mapped_->size() : memory_.size(); }
  bool empty() const { return size() == 0; }
  bool is_in_file() const { return mapped_ != nullptr; }
  const Record& operator[](std::size_t place) const {
    if (mapped_) mapped_->touched();
    return data()[place];
  }
  const Record& front() const { return data()[0]; }
  const Record& back() const { return data()[size() - 1]; }
  const_iterator begin() const { return {data(), mapped_.get()}; }
  const_iterator end() const { return {data() + size(), mapped_.get()}; }
  // Precondition: it is one of these.
  std::size_t place_of(const Record& record) const { return static_cast<std::size_t>(&record - data()); }

  friend bool operator==(const Records& a, const Records& b) {
    return std::equal(a.data(), a.data() + a.size(), b.data(), b.data() + b.size());
  }

 protected:
  const Record* data() const { return mapped_ ? mapped_->data() : memory_.data(); }
  // To change them. Those in a file come into memory first.
  std::vector<Record>& in_memory() {
    if (mapped_) {
      memory_.assign(mapped_->data(), mapped_->data() + mapped_->size());
      mapped_.reset();
    }
    return memory_;
  }

 private:
  std::vector<Record> memory_;
  std::shared_ptr<const Mapped> mapped_;
};

}  // namespace sagactl
