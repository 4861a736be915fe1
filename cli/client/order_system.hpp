// The systems whose orders `order` places and shows, and how each is spoken to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "httpclient/http_client.hpp"
#include "server/participants/order.hpp"

namespace sagactl {

enum class OrderSystem : std::uint8_t { order, checkout, checkout_choreography, purchase };

template <>
struct Spelling<OrderSystem> {
  static constexpr std::string_view names[] = {"order", "checkout", "checkout-choreography", "purchase"};
};

// What somebody wants to order.
struct OrderRequest {
  std::vector<OrderItem> items;
  bool priced = false;   // whether any item was given with its price
  std::string address;   // empty: none was given
  std::string customer;  // of a checkout
  std::string user;      // of a purchase
  std::string idempotency_key;
};

// `invalid` for a request that the system cannot take; it says what to add or to leave out.
Result<HttpRequest> place_request(OrderSystem system, const OrderRequest& request);

// The order in the answer to that.
Json order_in_answer(OrderSystem system, const Json& answer);

std::string order_path(OrderSystem system, const std::string& id);

// The order with its members named as the order system names them.
Json normalized_order(OrderSystem system, Json order);

}  // namespace sagactl
