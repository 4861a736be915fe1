// One request of a load test and what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/id.hpp"
#include "common/money.hpp"
#include "common/time.hpp"
#include "loadgen/ledger/order_name.hpp"
#include "loadgen/schedule/product.hpp"

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
  timed_out,      // no whole answer within the time-out; unreached: no free connection within it
  closed,         // the connection was closed or reset before the whole answer
  unreadable,     // what came is no HTTP answer
  no_connection,  // refused or unreachable
  kept_closed     // a connection that had been used before was closed, and nothing of the answer had come: it may
                  // have been closed for being idle, just as the request went out
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

  Uuid order;        // accepted: its id. Duplicate: that of the other. Nil: the answer named none.
  Uuid correlation;  // what the answer named, nil if nothing. Sent was Ledger::correlation_sent().
  std::optional<Money> claimed_total;  // as the answer said it
  // The order's id as it was written, where `order` does not write it so. Long ones are kept by the ledger's entries.
  OrderName order_name;

  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;

  Duration response_time() const { return done - planned; }
  Duration service_time() const { return done - sent; }
  Duration lateness() const { return sent - planned; }
};

}  // namespace sagactl
