#include <algorithm>

#include "server/adapters/memory/memory_database.hpp"

namespace sagactl::memory {

Result<bool> MemoryDatabase::add_record(const std::string& kind, const std::string& id, const std::string& body) {
  if (const auto fits = check_record(body); !fits) return fits.error();
  const std::lock_guard lock(mutex_);
  return records_.try_emplace({kind, id}, StoredRecord{kind, id, body, 1, now(), now()}).second;
}

Result<bool> MemoryDatabase::replace_record(const std::string& kind, const std::string& id, std::int64_t version,
                                            const std::string& body) {
  if (const auto fits = check_record(body); !fits) return fits.error();
  const std::lock_guard lock(mutex_);
  const auto found = records_.find({kind, id});
  if (found == records_.end() || found->second.version != version) return false;
  found->second.body = body;
  ++found->second.version;
  found->second.updated_at = now();
  return true;
}

Result<bool> MemoryDatabase::remove_record(const std::string& kind, const std::string& id) {
  const std::lock_guard lock(mutex_);
  return records_.erase({kind, id}) > 0;
}

Result<std::size_t> MemoryDatabase::forget_records(const std::string& kind, const std::string& before,
                                                   std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::size_t forgotten = 0;
  auto first = records_.lower_bound({kind, ""});
  while (forgotten < limit && first != records_.end() && first->first.first == kind && first->first.second < before) {
    first = records_.erase(first);
    ++forgotten;
  }
  return forgotten;
}

Result<std::optional<StoredRecord>> MemoryDatabase::record(const std::string& kind, const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find({kind, id});
  return found == records_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<StoredRecord>> MemoryDatabase::records(const std::string& kind, const RecordRange& range) {
  const std::lock_guard lock(mutex_);
  const auto first = records_.lower_bound({kind, range.from});
  const auto last = range.to.empty() ? records_.lower_bound({kind + '\0', ""})
                                     : records_.lower_bound({kind, std::max(range.from, range.to)});
  std::vector<StoredRecord> found;
  for (auto each = first; each != last; ++each) found.push_back(each->second);
  if (range.last_first) std::reverse(found.begin(), found.end());
  if (found.size() > range.limit) found.resize(range.limit);
  return found;
}

}  // namespace sagactl::memory
