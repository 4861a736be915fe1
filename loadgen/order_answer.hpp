// What a node said to POST /orders.
#pragma once

#include <optional>
#include <string_view>

#include "common/id.hpp"
#include "common/money.hpp"
#include "loadgen/ledger.hpp"

namespace sagactl {

struct OrderAnswer {
  Uuid order;        // `id`, else `existingOrderId`; nil when there is none
  Uuid correlation;  // `correlationId`, likewise
  ClaimedStatus status = ClaimedStatus::none;
  std::optional<Money> total;  // `totalAmount`, a number or a text
  bool is_duplicate = false;   // `error` is DUPLICATE_ORDER, or `code` ORDER_ALREADY_EXISTS
  friend bool operator==(const OrderAnswer&, const OrderAnswer&) = default;
};

// Reads the members of the outermost object that it knows, and allocates nothing: this runs for every answer,
// and the JSON library takes as long for a body as all the rest of the request. Of a body that is cut off or
// no JSON, what stands before the fault.
OrderAnswer read_order_answer(std::string_view body);

RequestOutcome outcome_of(int http_status, const OrderAnswer& answer);

}  // namespace sagactl
