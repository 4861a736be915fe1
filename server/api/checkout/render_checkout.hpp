// Checkouts as system B's clients know them: orders, payments, stock, reservations and sagas. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::api {

Json checkout_order(const Flow& flow);
std::string checkout_order_status(const Flow& flow);

Json checkout_payment(const Order& order, const Payment& payment);
// "PAY-<order id>-<execution>".
std::string checkout_payment_id(const Payment& payment);
struct PaymentName {
  OrderId order;
  int execution = 1;
};
std::optional<PaymentName> parse_checkout_payment_id(std::string_view text);

Json checkout_stock(const Stock& stock);
Json checkout_reservation(const OrderId& order, const Reservation& reservation);
// The latest reservation of that kind, or null.
const Reservation* latest_reservation(const Flow& flow, StockKind kind);

Json orchestrated_saga(const Flow& flow);
std::string checkout_saga_status(const Saga& saga);
std::string checkout_saga_step(const Saga& saga);
std::string checkout_saga_id(const Saga& saga);  // "SAGA-<id>"
std::optional<SagaId> parse_checkout_saga_id(std::string_view text);  // also without "SAGA-"

// The stages at which a saga shows this status; none: there is no such status.
std::optional<std::vector<SagaStage>> stages_of_checkout_status(std::string_view status);
extern const std::vector<std::string_view> checkout_saga_statuses;

}  // namespace sagactl::api
