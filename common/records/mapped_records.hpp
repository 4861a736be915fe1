// The records of a file, mapped into memory. A process keeps only a window of them resident: an iterator releases the
// pages that it has passed. Read only, by one thread.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "common/records/anonymous_temp_file.hpp"

namespace sagactl {

template <class Record>
class MappedRecords {
  static_assert(std::is_trivially_copyable_v<Record>, "records are written to files as they are");

 public:
  // Of the first `count` in the file. Null when it cannot be mapped.
  static std::shared_ptr<const MappedRecords> open(AnonymousTempFile file, std::size_t count) {
    void* data = mmap(nullptr, count * sizeof(Record), PROT_READ, MAP_SHARED, file.handle(), 0);
    if (data == MAP_FAILED) return nullptr;
    return std::shared_ptr<const MappedRecords>(
        new MappedRecords(std::move(file), static_cast<const Record*>(data), count));
  }
  ~MappedRecords() { munmap(const_cast<Record*>(data_), count_ * sizeof(Record)); }
  MappedRecords(const MappedRecords&) = delete;
  MappedRecords& operator=(const MappedRecords&) = delete;

  const Record* data() const { return data_; }
  std::size_t size() const { return count_; }
  // Releases the memory of the window that ends before `passed`, if one does; its records stay readable.
  void passed(const Record* passed) const {
    if (passed != data_ && static_cast<std::size_t>(passed - data_) % window == 0) release(passed);
  }
  // One was read by random access: after many of these all memory is released.
  void touched() const {
    if (++touched_ % touches_max == 0) madvise(const_cast<Record*>(data_), count_ * sizeof(Record), MADV_DONTNEED);
  }

 private:
  static constexpr std::size_t window = 64 * 1024;        // records
  static constexpr std::size_t touches_max = 256 * 1024;  // that many records at most, if none is read twice

  MappedRecords(AnonymousTempFile file, const Record* data, std::size_t count)
      : file_(std::move(file)), data_(data), count_(count) {}
  void release(const Record* passed) const {
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(passed - window) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(passed) / page * page;
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }

  AnonymousTempFile file_;
  const Record* data_;
  std::size_t count_;
  mutable std::size_t touched_ = 0;
};

}  // namespace sagactl
