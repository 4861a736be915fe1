// What the client knows: one entry per order request of a run, warm-up included. The verdicts compare it with the
// database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "loadgen/faults/fault_mark.hpp"
#include "loadgen/ledger/ledger_entries.hpp"
#include "loadgen/orders/product_plan.hpp"

namespace sagactl {

// The requests of one kind with the same key and products, by the number of their group.
using OrderGroup = std::pair<OrderKind, std::uint32_t>;

struct LedgerPhase {
  std::string name;  // "warm-up", "duplicate", "individual" …
  bool warmup = false;
  friend bool operator==(const LedgerPhase&, const LedgerPhase&) = default;
};

// A step of the run's journeys.
struct LedgerStep {
  std::string name;
  bool creates = false;  // the order: exactly one of the steps
  friend bool operator==(const LedgerStep&, const LedgerStep&) = default;
};

struct Ledger : ProductPlan {
  std::string scenario;
  std::string system = "order";  // the name of the profile
  std::string method, path;      // of the requests, as in the profile
  bool keyed = false;            // requests carry their idempotency key; otherwise the server derives it
  bool open_loop = false;
  bool loses_cookies = false;  // log-ins set cookies, and the profile keeps none
  Timestamp started_at, ended_at;
  std::vector<std::string> targets;  // base URLs
  std::vector<std::string> agents;   // host:port of the machines that sent it; empty: it was sent by one process
  std::vector<std::string>
      user_ids;  // by LedgerEntry::user: as registered, or as {user} sends them; "" where only a token was given
  std::vector<LedgerPhase> phases;
  std::vector<FaultMark> faults;  // what was done to the system meanwhile
  std::vector<LedgerStep> steps = {{"create", true}};
  LedgerEntries entries;       // the requests that create orders, by operation; numbers of skipped ones are missing
  LedgerEntries step_entries;  // those of the other steps, by operation (that of the journey) and time

  friend bool operator==(const Ledger&, const Ledger&) = default;

  // Derived from the run, the seed and the entry.
  std::vector<ProductItem> items_of(const LedgerEntry& entry) const;
  std::vector<std::string> products(const LedgerEntry& entry) const;
  std::string product(const LedgerEntry& entry) const;          // the first
  std::string idempotency_key(const LedgerEntry& entry) const;  // the one sent, or the one that the server derives
  Money expected_total(const LedgerEntry& entry) const;
  Uuid correlation_sent(const LedgerEntry& entry) const;
  // The id of the order that the answer named, as the server wrote it; "" for none.
  std::string order_text(const LedgerEntry& entry) const;
  // The request that sent this correlation; null for none of this run.
  const LedgerEntry* request_with(const Uuid& correlation) const;
  bool is_measured(const LedgerEntry& entry) const { return !phases[entry.phase].warmup; }
};

// The most requests of a duplicate group that were in flight at once (between sent and done).
struct GroupOverlap {
  std::uint32_t group = 0;
  std::uint32_t requests = 0;
  std::uint32_t depth = 0;
  std::uint32_t targets = 0;  // different ones
  friend bool operator==(const GroupOverlap&, const GroupOverlap&) = default;
};
// Of the duplicate groups, by group.
std::vector<GroupOverlap> overlaps(const Ledger& ledger);

// A text file with one JSON object per line: the head, the entries (with product, key and expected total spelled out,
// for other readers), and a last line with their number. Written to a temporary file and renamed, so that a file of
// that name is complete.
Result<void> save_ledger(const Ledger& ledger, const std::string& path);

// `not_found`, or `invalid` with the wrong line; a file without its last line is invalid.
Result<Ledger> load_ledger(const std::string& path);

}  // namespace sagactl
