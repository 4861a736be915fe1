#include "loadgen/ledger_entries.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <type_traits>

namespace sagactl {

static_assert(std::is_trivially_copyable_v<LedgerEntry>, "entries are written to files as they are");

std::shared_ptr<const MappedEntries> MappedEntries::open(int file, std::size_t count) {
  void* data = mmap(nullptr, count * sizeof(LedgerEntry), PROT_READ, MAP_SHARED, file, 0);
  if (data == MAP_FAILED) return nullptr;
  return std::shared_ptr<const MappedEntries>(
      new MappedEntries(file, static_cast<const LedgerEntry*>(data), count));
}

MappedEntries::~MappedEntries() {
  munmap(const_cast<LedgerEntry*>(data_), count_ * sizeof(LedgerEntry));
  close(file_);
}

void MappedEntries::give_back(const LedgerEntry* passed) const {
  if (passed == data_) return;
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(passed - window) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(passed) / page * page;
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

void MappedEntries::give_back_all() const {
  madvise(const_cast<LedgerEntry*>(data_), count_ * sizeof(LedgerEntry), MADV_DONTNEED);
}

const LedgerEntry* LedgerEntries::find(std::uint64_t operation) const {
  if (mapped_) mapped_->touched();
  const LedgerEntry* const end = data() + size();
  // Where nothing was skipped, the operation is the place.
  if (operation < size() && data()[operation].operation == operation) return data() + operation;
  const LedgerEntry* const found =
      std::lower_bound(data(), end, operation, [](const LedgerEntry& entry, std::uint64_t wanted) {
        return entry.operation < wanted;
      });
  return found != end && found->operation == operation ? found : nullptr;
}

std::vector<LedgerEntry>& LedgerEntries::in_memory() {
  if (mapped_) {
    memory_.assign(mapped_->data(), mapped_->data() + mapped_->size());
    mapped_.reset();
  }
  return memory_;
}

bool operator==(const LedgerEntries& a, const LedgerEntries& b) {
  return std::equal(a.data(), a.data() + a.size(), b.data(), b.data() + b.size());
}

}  // namespace sagactl
