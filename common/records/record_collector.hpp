// Collects any number of records: up to a limit in memory, more in a temporary file.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "common/records/records.hpp"
#include "common/records/scratch.hpp"
#include "common/result.hpp"

namespace sagactl {

template <class Record>
class RecordCollector {
 public:
  explicit RecordCollector(Scratch scratch) : scratch_(std::move(scratch)) {}

  void add(const Record& record) {
    if (last_.size() >= scratch_.in_memory_max && !last_.empty() && can_write_) can_write_ = write();
    last_.push_back(record);
  }
  std::size_t size() const { return written_ + last_.size(); }

  // All, in the order in which they were added. Once. If the file cannot be written, all are in memory.
  Records<Record> take() {
    if (written_ == 0) return Records<Record>(std::move(last_));
    if (last_.empty() || write()) {
      auto mapped = MappedRecords<Record>::open(std::move(*file_), written_);
      if (!mapped) crash("a file that was written just now cannot be mapped");
      return Records<Record>(std::move(mapped));
    }
    std::vector<Record> all(written_);
    if (!file_->read(all.data(), written_ * sizeof(Record), 0))
      crash("a file that was written just now cannot be read");
    all.insert(all.end(), last_.begin(), last_.end());
    return Records<Record>(std::move(all));
  }

 private:
  bool write() {
    if (!file_) file_ = AnonymousTempFile::create(scratch_.directory);
    if (!file_ || !file_->write(last_.data(), last_.size() * sizeof(Record), written_ * sizeof(Record))) return false;
    written_ += last_.size();
    last_.clear();
    return true;
  }

  const Scratch scratch_;
  std::vector<Record> last_;
  std::optional<AnonymousTempFile> file_;
  std::size_t written_ = 0;
  bool can_write_ = true;
};

}  // namespace sagactl
