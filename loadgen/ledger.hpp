// What the client knows: one entry per order request of a run, warm-up included. The verdicts hold the
// database against it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/money.hpp"
#include "common/result.hpp"
#include "common/time.hpp"
#include "loadgen/product.hpp"

namespace sagactl {

// Persisted by name; see to_string.
enum class RequestOutcome : std::uint8_t {
  accepted,       // 2xx: the server says the order exists
  duplicate,      // 409 DUPLICATE_ORDER: the server says another order stands for it
  rejected,       // any other answer that says no (1xx to 4xx, 503): the server says nothing was done
  indeterminate,  // sent, but time-out, reset, an unreadable answer, or a 5xx other than 503: it may have
                  // been done
  unreached,      // never sent, nothing was done: no connection, or none free until its time was up
};
std::string_view to_string(RequestOutcome outcome);
std::optional<RequestOutcome> parse_request_outcome(std::string_view text);

enum class TransportFailure : std::uint8_t {
  none,
  timed_out,     // no whole answer within the time-out; unreached: no free connection within it
  closed,        // the connection was closed or reset before the whole answer
  unreadable,    // what came is no HTTP answer
  no_connection  // refused or unreachable
};
std::string_view to_string(TransportFailure failure);
std::optional<TransportFailure> parse_transport_failure(std::string_view text);

// The order's status as the answer said it. `none`: it said none; `other`: a word that is not in the
// contract.
enum class ClaimedStatus : std::uint8_t {
  none,
  pending,
  processing,
  paid,
  shipped,
  delivered,
  cancelled,
  failed,
  other
};
std::string_view to_string(ClaimedStatus status);
std::optional<ClaimedStatus> parse_claimed_status(std::string_view text);

struct LedgerEntry {
  std::uint64_t operation = 0;    // the number of the request in its run, from 0; unique
  std::uint32_t group = 0;        // the products; orders of one group have the same ones
  std::uint32_t phase = 0;        // index into Ledger::phases
  std::uint16_t target = 0;       // index into Ledger::targets
  std::uint16_t user = 0;         // 0 to LoadOptions::users - 1
  std::uint16_t http_status = 0;  // 0 without an answer
  OrderKind kind = OrderKind::single;
  RequestOutcome outcome = RequestOutcome::unreached;
  TransportFailure failure = TransportFailure::none;
  ClaimedStatus claimed_status = ClaimedStatus::none;

  // By this machine's clock; 0 for what did not happen. `planned` is when the request should have been sent
  // (closed loop: when it was), `done` when its outcome was known.
  Timestamp planned, sent, first_byte, done;

  Uuid order;        // accepted: its id. Duplicate: existingOrderId. Nil: the answer named none.
  Uuid correlation;  // what the answer named, nil if nothing. Sent was Ledger::correlation_sent().
  std::optional<Money> claimed_total;  // totalAmount as the answer said it

  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;

  Duration response_time() const { return done - planned; }
  Duration service_time() const { return done - sent; }
  Duration lateness() const { return sent - planned; }
};

struct LedgerPhase {
  std::string name;  // "warm-up", "duplicate", "individual" …
  bool warmup = false;
  friend bool operator==(const LedgerPhase&, const LedgerPhase&) = default;
};

struct Ledger {
  std::string run;
  std::string scenario;
  std::uint64_t seed = 0;
  std::uint32_t items = 1;  // per order
  bool open_loop = false;
  Timestamp started_at, ended_at;
  std::vector<std::string> targets;   // base URLs
  std::vector<std::string> user_ids;  // as registered, by LedgerEntry::user; "" where only a token was given
  std::vector<LedgerPhase> phases;
  std::vector<LedgerEntry> entries;  // by operation; numbers of skipped requests are missing

  friend bool operator==(const Ledger&, const Ledger&) = default;

  // What follows from the run, the seed and the entry.
  std::vector<ProductItem> items_of(const LedgerEntry& entry) const;
  std::vector<std::string> products(const LedgerEntry& entry) const;
  std::string product(const LedgerEntry& entry) const;          // the first
  std::string idempotency_key(const LedgerEntry& entry) const;  // the one the server derives
  Money expected_total(const LedgerEntry& entry) const;
  Uuid correlation_sent(const LedgerEntry& entry) const;
  bool measured(const LedgerEntry& entry) const { return !phases[entry.phase].warmup; }
};

// How many requests of a duplicate group were in flight at once at most (between sent and done).
struct GroupOverlap {
  std::uint32_t group = 0;
  std::uint32_t requests = 0;
  std::uint32_t depth = 0;
  std::uint32_t targets = 0;  // different ones
  friend bool operator==(const GroupOverlap&, const GroupOverlap&) = default;
};
// Of the duplicate groups, by group.
std::vector<GroupOverlap> overlaps(const Ledger& ledger);

// A text file of one JSON object per line: the head, one line per entry (with product, key and expected total
// spelled out, for other readers), and an end that says how many there were. Written to a temporary file
// beside it and renamed, so that a file of that name is whole.
Result<void> save_ledger(const Ledger& ledger, const std::string& path);

// `not_found`, or `invalid` with the line that is wrong; a file without its end is wrong.
Result<Ledger> load_ledger(const std::string& path);

}  // namespace sagactl
