// The entries of an agent's part, in an anonymous temporary file that the leader reads while it grows.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "common/records/anonymous_temp_file.hpp"
#include "common/records/scratch.hpp"
#include "common/result.hpp"
#include "loadgen/ledger/entry_tap.hpp"

namespace sagactl {

// Thread-safe.
class EntryFile final : public EntryTap {
 public:
  explicit EntryFile(const Scratch& scratch) : file_(AnonymousTempFile::create(scratch.directory)) {}

  void take(std::span<const LedgerEntry> entries) override;

  // Whether all entries were written; otherwise the disk is full or failed.
  bool is_whole() const;
  std::uint64_t size() const;  // bytes
  // At most `size_max` bytes from `at` on. `invalid` for a place after the end.
  Result<std::string> read(std::uint64_t at, std::size_t size_max) const;

 private:
  mutable std::mutex mutex_;
  std::optional<AnonymousTempFile> file_;
  std::uint64_t size_ = 0;
  bool has_failed_ = false;
  std::string bytes_;  // of the entries that are being written
};

}  // namespace sagactl
