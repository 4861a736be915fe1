// One request of a load test and its outcome.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/id.hpp"
#include "common/money.hpp"
#include "common/time.hpp"
#include "loadgen/ledger/order_name.hpp"
#include "loadgen/orders/product.hpp"

namespace sagactl {

// Persisted by name; see to_string.
enum class RequestOutcome : std::uint8_t {
  accepted,       // 2xx: the server says that the order exists
  duplicate,      // 409 DUPLICATE_ORDER: the server says that another order exists in its place
  rejected,       // any other refusal (1xx to 4xx, 503): the server says that nothing was done
  indeterminate,  // sent, but timed out, reset, unreadable, or a 5xx other than 503: it may have taken effect
  unreached,      // never sent, without effect: no connection, or none free until its time-out
};
std::string_view to_string(RequestOutcome outcome);
std::optional<RequestOutcome> parse_request_outcome(std::string_view text);

enum class TransportFailure : std::uint8_t {
  none,
  timed_out,      // no complete answer within the time-out; unreached: no free connection within it
  closed,         // the connection was closed or reset before the complete answer
  unreadable,     // not an HTTP response
  no_connection,  // refused or unreachable
  kept_closed,    // a keep-alive connection was closed before any byte of the answer: the server may have closed it
                  // as idle while the request was being sent
  agent_lost      // the agent that was to send it was lost, with what it knew of it: `sent` is 0, and it may have been
                  // sent all the same
};
std::string_view to_string(TransportFailure failure);
std::optional<TransportFailure> parse_transport_failure(std::string_view text);

// The order's status in the answer. `none`: the answer had none; `other`: a word that is not in the contract.
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

// What followed from the answer to a step of a journey. Persisted by name; see to_string.
enum class StepEnd : std::uint8_t {
  last,         // the journey is complete; also a request that is not part of a longer journey
  next,         // the journey went on
  unexpected,   // an answer with a status that the step does not expect
  no_value,     // the answer lacks a value that a later step needs, or its value is too long
  not_in_time,  // the step was repeated until its time was over
  unanswered,   // no answer, or it was not sent
};
std::string_view to_string(StepEnd end);
std::optional<StepEnd> parse_step_end(std::string_view text);

struct LedgerEntry {
  std::uint64_t operation = 0;    // the number of the request in its run, from 0; unique
  std::uint32_t group = 0;        // orders of one group have the same products
  std::uint32_t phase = 0;        // index into Ledger::phases
  std::uint16_t target = 0;       // index into Ledger::targets
  std::uint16_t user = 0;         // 0 to LoadOptions::users - 1
  std::uint16_t http_status = 0;  // 0 without an answer
  OrderKind kind = OrderKind::single;
  RequestOutcome outcome = RequestOutcome::unreached;
  TransportFailure failure = TransportFailure::none;
  ClaimedStatus claimed_status = ClaimedStatus::none;
  std::uint8_t step = 0;  // index into Ledger::steps
  StepEnd step_end = StepEnd::last;
  std::uint16_t member = 0;  // of a group that one journey sent: 0 for the first; see journey()
  std::uint16_t agent = 0;   // index into Ledger::agents; 0 without agents

  // By this machine's clock; 0: did not happen. `planned` is when the request should have been sent (closed loop: when
  // it was sent), `done` when its outcome was known.
  Timestamp planned, sent, first_byte, done;

  Uuid order;        // accepted: its id; duplicate: the id of the existing order; nil: the answer named none
  Uuid correlation;  // the one in the answer; nil: none. See Ledger::correlation_sent().
  std::optional<Money> claimed_total;  // the one in the answer
  // The order's id as the server wrote it, if that differs from `order`. Long ones are kept by the ledger's entries.
  OrderName order_name;

  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;

  std::uint64_t journey() const { return operation - member; }  // the first operation of its journey
  Duration response_time() const { return done - planned; }
  Duration service_time() const { return done - sent; }
  Duration lateness() const { return sent - planned; }
};

}  // namespace sagactl
