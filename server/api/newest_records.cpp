#include "server/api/newest_records.hpp"

#include <algorithm>

namespace sagactl::api {

Result<std::vector<StoredRecord>> newest_records(RecordStore& records, const std::string& kind, std::size_t count) {
  RecordRange newest;
  newest.limit = count;
  newest.last_first = true;
  return records.records(kind, newest);
}

Result<std::string> oldest_kept(RecordStore& records, const std::string& kind, std::size_t kept,
                                const std::string& in_use) {
  const auto newest = newest_records(records, kind, kept);
  if (!newest) return newest.error();
  if (newest->size() < kept) return std::string();
  return in_use.empty() ? newest->back().id : std::min(newest->back().id, in_use);
}

Result<void> keep_newest_records(RecordStore& records, const std::string& kind, std::size_t kept,
                                 std::initializer_list<const char*> kinds, std::size_t removed_max,
                                 const std::string& in_use) {
  const auto oldest = oldest_kept(records, kind, kept, in_use);
  if (!oldest) return oldest.error();
  if (oldest->empty()) return {};
  for (const char* each : kinds)
    if (const auto removed = records.forget_records(each, *oldest, removed_max); !removed) return removed.error();
  return {};
}

}  // namespace sagactl::api
