// The table of claims: which flow has an idempotency key, or had it last. Its key is what makes two live
// orders with one key impossible.
#pragma once

#include <cstdint>
#include <optional>

#include "server/adapters/sqlite/query.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

class ClaimTable {
 public:
  // What read_row reads, of `claim AS c LEFT JOIN flow AS f ON f.no = c.flow`. A claim whose order has been
  // deleted is not live.
  static constexpr std::string_view columns = "c.key, f.id, c.live AND f.order_status IS NOT NULL";

  explicit ClaimTable(Connection& connection);

  void put(const Claim& claim, std::int64_t flow);
  std::optional<Claim> find(const KeyDigest& key);
  static Claim read_row(Statement& row);

 private:
  Query put_, find_;
};

}  // namespace sagactl::sqlite
