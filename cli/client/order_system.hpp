// The order systems that `order --system` knows: their routes, request bodies and answers.
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

struct OrderRequest {
  std::vector<OrderItem> items;
  bool priced = false;   // whether an item was given with a price
  std::string address;   // may be empty
  std::string customer;  // of a checkout
  std::string user;      // of a purchase
  std::string idempotency_key;
};

// `invalid` for a request that the system does not support; it says what to add or to leave out.
Result<HttpRequest> create_request(OrderSystem system, const OrderRequest& request);

// The order in the answer to create_request().
Json order_in_answer(OrderSystem system, const Json& answer);

std::string order_path(OrderSystem system, const std::string& id);

// The order with the member names of --system order.
Json normalized_order(OrderSystem system, Json order);

}  // namespace sagactl
