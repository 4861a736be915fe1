// The table of claims: which flow has an idempotency key, or had it last. The file has one writer, which decides from
// it, so two live orders with one key are impossible.
//
// Keys are random: with one large index, every order would write a page of its own, once to the log and once at the
// checkpoint. Claims are therefore stored in two parts, as in a log-structured merge tree (O'Neil et al., 1996): recent
// ones in the order of their arrival, also cached in the writer's memory; settled ones by key. RecentClaims claims are
// settled together, in the order of their keys, one 256th of the key space at a time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "server/adapters/sqlite/file/given_rows.hpp"
#include "server/adapters/sqlite/file/query.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

struct ClaimRecord {
  std::int64_t flow = 0;
  bool live = false;
};
using ClaimPart = std::unordered_map<KeyDigest, ClaimRecord, KeyDigestHash>;
// The writer's cache of the table of recent claims.
struct RecentClaims {
  std::array<ClaimPart, 256> parts;  // by the first byte of the key
  std::int64_t unsettled_puts = 0;
  std::size_t next_part = 0;
  std::int64_t first = 1, last = 0;  // numbers in the table
  std::int64_t round_began = 0;      // the last number when part 0 was settled last
  std::int64_t settled_through = 0;  // rows up to here have been settled and can be deleted
};

class ClaimTable {
 public:
  explicit ClaimTable(SqliteConnection& connection);

  // For the writer, within its transaction. The cache follows the writes, so `forget` must be called after a rollback.
  // A claim whose order has been deleted is not live.
  void put(const PartsOfFlows<Claim>& claims);
  std::vector<Claim> find(const std::vector<KeyDigest>& keys);  // those that exist, each once
  void settle();  // some of the recent claims, if that is due; after the puts of a batch
  void forget();

  // For readers.
  std::optional<Claim> look_up(const KeyDigest& key);
  // In no order; ends when `visit` returns false.
  void each(const std::function<bool(const Claim&)>& visit);

 private:
  RecentClaims& recent();  // read from the table when it is not cached
  void settle_part(ClaimPart& part);
  Claim claim_of(const KeyDigest& key, const ClaimRecord& record);

  Query put_, settle_, find_settled_, look_up_settled_, find_recent_, flow_, delete_;
  SqliteConnection& connection_;
  std::optional<RecentClaims> recent_;
};

}  // namespace sagactl::sqlite
