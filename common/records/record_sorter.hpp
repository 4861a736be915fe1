// Sorts any number of records: runs of as many as memory is meant for are sorted and written to a file, and merged in
// the end (external merge sort: Knuth, The Art of Computer Programming 3, 5.4).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/records/anonymous_temp_file.hpp"
#include "common/records/scratch.hpp"
#include "common/result.hpp"

namespace sagactl {

template <class Record>
class RecordSorter {
  static_assert(std::is_trivially_copyable_v<Record>, "records are written to files as they are");

 public:
  using Less = bool (*)(const Record&, const Record&);

  RecordSorter(Scratch scratch, Less less) : scratch_(std::move(scratch)), less_(less) {}

  void add(const Record& record) {
    if (records_.size() >= scratch_.in_memory_max && !records_.empty()) write_run();
    records_.push_back(record);
    ++size_;
  }
  std::uint64_t size() const { return size_; }  // that were added

  // The next in order, valid until the next call; null after the last. Nothing may be added after the first call.
  const Record* next() {
    if (!merging_) begin();
    if (runs_.empty()) return nullptr;
    std::pop_heap(runs_.begin(), runs_.end(), later());
    SortedRun& run = runs_.back();
    current_ = run.records[run.at++];
    if (run.at == run.records.size() && !refill(run))
      runs_.pop_back();
    else
      std::push_heap(runs_.begin(), runs_.end(), later());
    return &current_;
  }

 private:
  // A sorted run: its records in memory, and the position of the rest in the file.
  struct SortedRun {
    std::vector<Record> records = {};
    std::size_t at = 0;
    std::uint64_t first = 0, left = 0;  // records
  };
  static constexpr std::uint64_t read_at_once = 1024;

  auto later() const {
    return [this](const SortedRun& a, const SortedRun& b) { return less_(b.records[b.at], a.records[a.at]); };
  }

  // A run that cannot be written stays in memory.
  void write_run() {
    std::sort(records_.begin(), records_.end(), less_);
    if (!file_ && runs_.empty()) file_ = AnonymousTempFile::create(scratch_.directory);
    if (file_ && file_->write(records_.data(), records_.size() * sizeof(Record), written_ * sizeof(Record))) {
      runs_.push_back({.first = written_, .left = records_.size()});
      written_ += records_.size();
      records_.clear();
    } else {
      runs_.push_back({.records = std::exchange(records_, {})});
    }
  }

  void begin() {
    merging_ = true;
    std::sort(records_.begin(), records_.end(), less_);
    runs_.push_back({.records = std::exchange(records_, {})});
    std::erase_if(runs_, [this](SortedRun& run) { return run.records.empty() && !refill(run); });
    std::make_heap(runs_.begin(), runs_.end(), later());
  }

  // False: the run has no more records.
  bool refill(SortedRun& run) {
    run.at = 0;
    run.records.resize(std::min(run.left, read_at_once));
    if (run.records.empty()) return false;
    if (!file_->read(run.records.data(), run.records.size() * sizeof(Record), run.first * sizeof(Record)))
      crash("a file that was written just now cannot be read");
    run.first += run.records.size();
    run.left -= run.records.size();
    return true;
  }

  const Scratch scratch_;
  const Less less_;
  std::vector<Record> records_;  // that are in no run
  std::vector<SortedRun> runs_;  // while they are merged: a priority queue, the one with the next record first
  std::optional<AnonymousTempFile> file_;
  std::uint64_t size_ = 0, written_ = 0;
  bool merging_ = false;
  Record current_{};
};

}  // namespace sagactl
