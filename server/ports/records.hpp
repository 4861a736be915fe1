// Small documents that a cluster's nodes keep for their pages, and that no saga depends on: bulk jobs and their
// results, reports, counts by the minute, log-ins of pages that were ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

inline constexpr std::size_t record_bytes_max = std::size_t{2} * 1024 * 1024;

struct StoredRecord {
  std::string kind, id;
  std::string body;          // JSON text of at most record_bytes_max
  std::int64_t version = 1;  // one more each time it is replaced
  Timestamp created_at, updated_at;
};

// Which records of a kind: by their ids, which are compared as bytes.
struct RecordRange {
  std::string from = {};  // this id and those after it
  std::string to = {};    // those before this id; empty: to the end
  std::size_t limit = 100;
  bool last_first = false;
};

// Each call is durable when it returns, and sees what was durable before it. Any thread; blocks some seconds at most.
// Where the database's answer was lost, a record that is there with the same body counts as this caller's.
class RecordStore {
 public:
  virtual ~RecordStore() = default;

  // False: there is one of that kind and id already, and nothing was changed.
  virtual Result<bool> add_record(const std::string& kind, const std::string& id, const std::string& body) = 0;
  // False: the record has another version, or there is none, and nothing was changed.
  virtual Result<bool> replace_record(const std::string& kind, const std::string& id, std::int64_t version,
                                      const std::string& body) = 0;
  virtual Result<bool> remove_record(const std::string& kind, const std::string& id) = 0;  // false: there is none
  // Removes those whose id is less than `before`, at most `limit`; their number.
  virtual Result<std::size_t> forget_records(const std::string& kind, const std::string& before, std::size_t limit) = 0;

  virtual Result<std::optional<StoredRecord>> record(const std::string& kind, const std::string& id) = 0;
  virtual Result<std::vector<StoredRecord>> records(const std::string& kind, const RecordRange& range) = 0;
};

// The error of a body that is longer than record_bytes_max: `invalid`.
Result<void> check_record(const std::string& body);

}  // namespace sagactl
