// Orders, payments, stock and reservations as JSON, as the checkout system's API has them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

Json checkout_order_json(const Flow& flow);
std::string checkout_order_status(const Flow& flow);

// Whether the checkout waits for its buyer to pay: nothing is being charged, nor was.
bool waits_for_buyer(const Flow& flow);

// `receipt_url` is shown for a payment whose provider gave no receipt; may be empty.
Json checkout_payment_json(const Order& order, const Payment& payment, const std::string& receipt_url);
std::string_view checkout_payment_status(PaymentStatus status);

// "PAY-<order id>-<execution of the payment step>".
std::string checkout_payment_id(const Payment& payment);
struct CheckoutPaymentId {
  OrderId order;
  int execution = 1;
};
std::optional<CheckoutPaymentId> parse_checkout_payment_id(std::string_view text);

Json checkout_stock_json(const Stock& stock);
Json checkout_reservation_json(const OrderId& order, const Reservation& reservation);
// The latest reservation of that kind; null when there is none.
const Reservation* latest_reservation(const Flow& flow, StockKind kind);

}  // namespace sagactl::api
