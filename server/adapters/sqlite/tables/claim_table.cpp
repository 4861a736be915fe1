#include "server/adapters/sqlite/tables/claim_table.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "server/adapters/sqlite/tables/rows_by_flow.hpp"

namespace sagactl::sqlite {
namespace {

// Settling starts at this number of recent claims; in the long run there are at most twice as many. With a million
// settled keys about seven of those that are settled together share a page.
constexpr std::int64_t recent_rows = 65'536;
constexpr std::int64_t puts_per_part = recent_rows / 256;
constexpr std::int64_t deleted_at_once = 2'048;  // more than a batch can add, so that the table does not grow

constexpr int claim_columns = 4;
const std::string sql_put_claims =
    "INSERT OR FAIL INTO recent_claim (no, key, flow, live) " + select_given_rows(claim_columns);
constexpr std::string_view sql_settle =
    "INSERT INTO claim (key, flow, live) VALUES (?, ?, ?) "
    "ON CONFLICT DO UPDATE SET flow = excluded.flow, live = excluded.live";
constexpr std::string_view sql_find_settled = "SELECT c1, flow, live FROM given_rows(?) CROSS JOIN claim ON key = c1";
constexpr std::string_view sql_look_up_settled = "SELECT flow, live FROM claim WHERE key = ?";
constexpr std::string_view sql_find_recent =
    "SELECT flow, live FROM recent_claim WHERE key = ? ORDER BY no DESC LIMIT 1";
constexpr std::string_view sql_flow = "SELECT id, order_status IS NOT NULL OR input IS NOT NULL FROM flow WHERE no = ?";
constexpr std::string_view sql_delete = "DELETE FROM recent_claim WHERE no <= ?";
constexpr std::string_view sql_recent = "SELECT no, key, flow, live FROM recent_claim ORDER BY no";
// By their flows, beside which they are read: looked up by key, the flows would be read in random order.
constexpr std::string_view sql_settled = "SELECT key, flow, live FROM claim ORDER BY flow";
const std::string sql_flows_of_claims =
    "SELECT no, id, order_status IS NOT NULL OR input IS NOT NULL FROM flow WHERE no >= ? ORDER BY no";

KeyDigest key_of(SqliteStatement& row) {
  KeyDigest key{};
  const auto bytes = row.bytes();
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
  return key;
}

// The flows beside claims, whose numbers do not fall from call to call.
class FlowsOfClaims {
 public:
  explicit FlowsOfClaims(SqliteConnection& connection) : rows_(connection, sql_flows_of_claims) {}

  // As ClaimTable::claim_of().
  Claim claim_of(const KeyDigest& key, const ClaimRecord& record) {
    if (record.flow != number_) {
      number_ = record.flow;
      id_ = {};
      is_there_ = false;
      rows_.each(number_, [&](SqliteStatement& row) {
        id_ = {row.uuid()};
        is_there_ = row.integer() != 0;
      });
    }
    return {key, id_, record.live && is_there_};
  }

 private:
  RowsByFlow rows_;
  std::int64_t number_ = 0;
  OrderId id_;
  bool is_there_ = false;
};

}  // namespace

ClaimTable::ClaimTable(SqliteConnection& connection)
    : put_(connection, sql_put_claims),
      settle_(connection, sql_settle),
      find_settled_(connection, sql_find_settled),
      look_up_settled_(connection, sql_look_up_settled),
      find_recent_(connection, sql_find_recent),
      flow_(connection, sql_flow),
      delete_(connection, sql_delete),
      connection_(connection) {}

RecentClaims& ClaimTable::recent() {
  if (recent_) return *recent_;
  recent_.emplace();
  SqliteStatement row = connection_.prepare(sql_recent);
  bool is_first = true;
  while (row.next()) {
    recent_->last = row.integer();
    if (std::exchange(is_first, false)) recent_->first = recent_->last;
    const KeyDigest key = key_of(row);
    const std::int64_t flow = row.integer();
    recent_->parts[key[0]].insert_or_assign(key, ClaimRecord{flow, row.integer() != 0});
  }
  if (is_first) recent_->first = recent_->last + 1;
  recent_->round_began = recent_->last;
  return *recent_;
}

void ClaimTable::put(const PartsOfFlows<Claim>& claims) {
  if (claims.empty()) return;
  RecentClaims& recent = this->recent();
  GivenRows rows(claim_columns, claims.size());
  for (const auto& [flow, claim] : claims) {
    rows.bind(++recent.last).bind_bytes(claim->key).bind(flow).bind(claim->live);
    recent.parts[claim->key[0]].insert_or_assign(claim->key, ClaimRecord{flow, claim->live});
    ++recent.unsettled_puts;
  }
  put_().bind_rows(rows).run();
}

std::vector<Claim> ClaimTable::find(const std::vector<KeyDigest>& keys) {
  std::vector<std::pair<KeyDigest, ClaimRecord>> found;
  GivenRows unknown(1, keys.size());
  for (const KeyDigest& key : std::set(keys.begin(), keys.end())) {
    const ClaimPart& part = recent().parts[key[0]];
    if (const auto record = part.find(key); record != part.end())
      found.push_back(*record);
    else
      unknown.bind_bytes(key);
  }
  if (!unknown.empty()) {
    SqliteStatement& row = find_settled_().bind_rows(unknown);
    const StatementReset reset_at_end(row);
    while (row.next()) {
      const KeyDigest key = key_of(row);
      const std::int64_t flow = row.integer();
      found.emplace_back(key, ClaimRecord{flow, row.integer() != 0});
    }
  }
  std::vector<Claim> claims;
  claims.reserve(found.size());
  for (const auto& [key, record] : found) claims.push_back(claim_of(key, record));
  return claims;
}

std::optional<Claim> ClaimTable::look_up(const KeyDigest& key) {
  for (Query* query : {&find_recent_, &look_up_settled_}) {
    SqliteStatement& row = (*query)().bind_bytes(key);
    const StatementReset reset_at_end(row);
    if (!row.next()) continue;
    const std::int64_t flow = row.integer();
    return claim_of(key, {flow, row.integer() != 0});
  }
  return std::nullopt;
}

Claim ClaimTable::claim_of(const KeyDigest& key, const ClaimRecord& record) {
  SqliteStatement& row = flow_().bind(record.flow);
  const StatementReset reset_at_end(row);
  if (!row.next()) return Claim{key, {}, false};
  Claim claim{key, {row.uuid()}, record.live};
  claim.live = row.integer() != 0 && claim.live;
  return claim;
}

// Parts are settled at the rate at which claims arrive: one round over all parts for every `recent_rows` claims. After
// a round, every row that existed at its start has been copied, or has been replaced by a newer one.
void ClaimTable::settle() {
  if (!recent_) return;  // no claim since the start: reading the table can wait
  RecentClaims& recent = *recent_;
  if (recent.last - recent.first < recent_rows) recent.unsettled_puts = 0;
  for (; recent.unsettled_puts >= puts_per_part; recent.unsettled_puts -= puts_per_part) {
    if (recent.next_part == 0) recent.round_began = recent.last;
    ClaimPart& part = recent.parts[recent.next_part];
    settle_part(part);
    part.clear();
    recent.next_part = (recent.next_part + 1) % recent.parts.size();
    if (recent.next_part == 0) recent.settled_through = recent.round_began;
  }
  if (recent.first > recent.settled_through) return;
  const std::int64_t through = std::min(recent.settled_through, recent.first + deleted_at_once - 1);
  delete_().bind(through).run();
  recent.first = through + 1;
}

void ClaimTable::settle_part(ClaimPart& part) {
  std::vector<const ClaimPart::value_type*> sorted;
  sorted.reserve(part.size());
  for (const auto& claim : part) sorted.push_back(&claim);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* claim : sorted)
    settle_().bind_bytes(claim->first).bind(claim->second.flow).bind(claim->second.live).run();
}

void ClaimTable::forget() {
  recent_.reset();
}

void ClaimTable::each(const std::function<bool(const Claim&)>& visit) {
  ClaimPart newest;
  SqliteStatement recent_row = connection_.prepare(sql_recent);
  while (recent_row.next()) {
    recent_row.skip();
    const KeyDigest key = key_of(recent_row);
    const std::int64_t flow = recent_row.integer();
    newest[key] = {flow, recent_row.integer() != 0};
  }
  std::vector<const ClaimPart::value_type*> recent;
  recent.reserve(newest.size());
  for (const auto& claim : newest) recent.push_back(&claim);
  std::sort(recent.begin(), recent.end(), [](const auto* a, const auto* b) { return a->second.flow < b->second.flow; });
  {
    FlowsOfClaims flows(connection_);
    for (const auto* claim : recent)
      if (!visit(flows.claim_of(claim->first, claim->second))) return;
  }
  FlowsOfClaims flows(connection_);
  SqliteStatement row = connection_.prepare(sql_settled);
  while (row.next()) {
    const KeyDigest key = key_of(row);
    if (newest.contains(key)) continue;
    const std::int64_t flow = row.integer();
    if (!visit(flows.claim_of(key, {flow, row.integer() != 0}))) return;
  }
}

}  // namespace sagactl::sqlite
