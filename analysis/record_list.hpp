// Records by their number, however many there are: as many as memory is meant for are in memory, those before them in a
// file that is mapped.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/scratch.hpp"
#include "common/mapped_records.hpp"
#include "common/result.hpp"

namespace sagactl {

template <class Record>
class RecordList {
 public:
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Record;
    using difference_type = std::ptrdiff_t;
    using pointer = const Record*;
    using reference = const Record&;
    const_iterator() = default;
    const_iterator(const RecordList* list, std::size_t at) : list_(list), at_(at) {}
    reference operator*() const { return list_->at(at_); }
    pointer operator->() const { return &**this; }
    const_iterator& operator++() {
      ++at_;
      if (at_ <= list_->written_) list_->mapped_->passed(list_->mapped_->data() + at_);
      return *this;
    }
    const_iterator operator++(int) {
      const const_iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const const_iterator& a, const const_iterator& b) { return a.at_ == b.at_; }

   private:
    const RecordList* list_ = nullptr;
    std::size_t at_ = 0;
  };

  explicit RecordList(Scratch scratch) : scratch_(std::move(scratch)) {}

  void push_back(const Record& record) {
    if (last_.size() >= scratch_.in_memory_max && can_write_) write();
    last_.push_back(record);
  }
  std::size_t size() const { return written_ + last_.size(); }
  bool empty() const { return size() == 0; }

  // After the last was added, and before any is read: from here on addresses of records are good as long as this lives.
  void settle() {
    if (written_ == 0) return;
    mapped_ = MappedRecords<Record>::open(std::move(*file_), written_);
    if (!mapped_) crash("a file of the verdicts' own cannot be read");
  }
  const Record& operator[](std::size_t number) const {
    if (number < written_) mapped_->touched();
    return at(number);
  }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size()}; }

 private:
  const Record& at(std::size_t number) const {
    return number < written_ ? mapped_->data()[number] : last_[number - written_];
  }
  void write() {
    if (!file_) file_ = NamelessFile::create(scratch_.directory);
    can_write_ = file_ && file_->write(last_.data(), last_.size() * sizeof(Record), written_ * sizeof(Record));
    if (!can_write_) return;  // all further ones stay in memory
    written_ += last_.size();
    last_.clear();
  }

  const Scratch scratch_;
  std::vector<Record> last_;
  std::optional<NamelessFile> file_;
  std::size_t written_ = 0;
  bool can_write_ = true;
  std::shared_ptr<const MappedRecords<Record>> mapped_;
};

}  // namespace sagactl
