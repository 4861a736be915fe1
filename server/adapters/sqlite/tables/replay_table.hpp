// The table of answers to requests with an Idempotency-Key header.
#pragma once

#include <cstddef>
#include <optional>

#include "server/adapters/sqlite/file/query.hpp"
#include "server/adapters/sqlite/tables/compact_text.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

class ReplayTable {
 public:
  explicit ReplayTable(SqliteConnection& connection);

  void put(const Replay& replay);
  std::optional<Replay> find(const ReplayKey& key);
  std::size_t forget(Timestamp before, std::size_t limit);  // the oldest first

 private:
  Query put_, find_, forget_;
  CompactText request_digest_;
};

}  // namespace sagactl::sqlite
