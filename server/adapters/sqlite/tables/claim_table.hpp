// The table of claims: which flow has an idempotency key, or had it last. The one writer of the file decides from it,
// which makes two live orders with one key impossible.
//
// Keys are random, so that a large index of them would cost every order a page of its own to write, now and when the
// log is copied back. Claims are therefore kept in two parts, as in a log-structured merge tree (O'Neil et al., 1996):
// the recent ones in the order in which they came, and also in the writer's memory; the settled ones by key. One
// 256th of the keys after the other, the recent claims are settled together, in the order of their keys.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

#include "server/adapters/sqlite/file/query.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

class ClaimTable {
 public:
  explicit ClaimTable(SqliteConnection& connection);

  // The writer's, within its transaction. Memory follows what is written, so `forget` must be called when the
  // transaction was undone. A claim whose order has been deleted is not live.
  void put(const Claim& claim, std::int64_t flow);
  std::optional<Claim> find(const KeyDigest& key);
  void settle();  // some of the recent claims, when it is time; after the puts of a batch
  void forget();

  // For readers beside the writer.
  std::optional<Claim> look_up(const KeyDigest& key);
  // In no order; ends when `visit` returns false.
  void each(const std::function<bool(const Claim&)>& visit);

 private:
  struct ClaimRecord {
    std::int64_t flow = 0;
    bool live = false;
  };
  using Part = std::unordered_map<KeyDigest, ClaimRecord, KeyDigestHash>;
  // What the writer remembers of the table of recent claims.
  struct Recent {
    std::array<Part, 256> parts;  // by the first byte of the key
    std::int64_t unsettled_puts = 0;
    std::size_t next_part = 0;
    std::int64_t first = 1, last = 0;  // numbers in the table
    std::int64_t round_began = 0;      // the last number when part 0 was settled last
    std::int64_t settled_through = 0;  // rows up to here have been settled, and are to be deleted
  };

  Recent& recent();  // read from the table when it is not known
  void settle_part(Part& part);
  Claim claim_of(const KeyDigest& key, const ClaimRecord& record);

  Query put_, settle_, find_settled_, find_recent_, flow_, delete_;
  SqliteConnection& connection_;
  std::optional<Recent> recent_;
};

}  // namespace sagactl::sqlite
