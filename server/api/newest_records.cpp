#include "server/api/newest_records.hpp"

#include <algorithm>

namespace sagactl::api {

Result<std::vector<StoredRecord>> newest_records(RecordStore& records, const std::string& kind, std::size_t count) {
  RecordRange newest;
  newest.limit = count;
  newest.last_first = true;
  return records.records(kind, newest);
}

Result<void> keep_newest_records(RecordStore& records, const std::string& kind, std::size_t kept,
                                 std::initializer_list<const char*> kinds, std::size_t removed_max,
                                 const std::string& in_use) {
  const auto newest = newest_records(records, kind, kept);
  if (!newest) return newest.error();
  if (newest->size() < kept) return {};
  std::string oldest = newest->back().id;
  if (!in_use.empty()) oldest = std::min(oldest, in_use);
  for (const char* each : kinds)
    if (const auto removed = records.forget_records(each, oldest, removed_max); !removed) return removed.error();
  return {};
}

}  // namespace sagactl::api
