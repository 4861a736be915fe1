#include "loadgen/agents/entry_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/agents/entry_codec.hpp"

namespace sagactl {

void EntryFile::take(std::span<const LedgerEntry> entries) {
  const std::lock_guard lock(mutex_);
  if (has_failed_) return;
  bytes_.clear();
  for (const LedgerEntry& entry : entries) append_entry(bytes_, entry);
  has_failed_ = !file_ || !file_->write(bytes_.data(), bytes_.size(), size_);
  if (!has_failed_) size_ += bytes_.size();
}

bool EntryFile::is_whole() const {
  const std::lock_guard lock(mutex_);
  return !has_failed_;
}

std::uint64_t EntryFile::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

Result<std::string> EntryFile::read(std::uint64_t at, std::size_t size_max) const {
  const std::lock_guard lock(mutex_);
  if (at > size_) return Error{ErrorCode::invalid, fmt::format("there are no entries at byte {}", at)};
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size_ - at, size_max)), '\0');
  if (bytes.empty() || file_->read(bytes.data(), bytes.size(), at)) return bytes;
  return Error{ErrorCode::unavailable, "the entries cannot be read from the temporary file"};
}

}  // namespace sagactl
