#include "server/adapters/sqlite/claim_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl::sqlite {
namespace {

const std::string sql_put =
    "INSERT INTO claim (key, flow, live) VALUES (?, ?, ?) "
    "ON CONFLICT DO UPDATE SET flow = excluded.flow, live = excluded.live";
const std::string sql_find = fmt::format(
    "SELECT {} FROM claim AS c LEFT JOIN flow AS f ON f.no = c.flow WHERE c.key = ?", ClaimTable::columns);

}  // namespace

ClaimTable::ClaimTable(Connection& connection) : put_(connection, sql_put), find_(connection, sql_find) {}

void ClaimTable::put(const Claim& claim, std::int64_t flow) {
  put_().bind_bytes(claim.key).bind(flow).bind(claim.live).run();
}

std::optional<Claim> ClaimTable::find(const KeyDigest& key) {
  Statement& row = find_().bind_bytes(key);
  const Reading reading(row);
  if (!row.next()) return std::nullopt;
  return read_row(row);
}

Claim ClaimTable::read_row(Statement& row) {
  Claim claim;
  const auto key = row.bytes();
  std::copy_n(key.begin(), std::min(key.size(), claim.key.size()), claim.key.begin());
  claim.order = {row.uuid()};
  claim.live = row.integer() != 0;
  return claim;
}

}  // namespace sagactl::sqlite
