// The checkout and purchase surfaces as tests use them, below /api and /purchase.
#pragma once

#include <initializer_list>
#include <string>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {

enum class CheckoutMode { choreography, orchestration };

// The body of a checkout of one product.
Json checkout_body(const std::string& product, int quantity = 1, double price = 1000);

struct PlacedCheckout {
  std::string order;
  std::string saga;  // of an orchestrated one: SAGA-...
};

// A guest of these surfaces: requests from this machine, without a token.
class Shop {
 public:
  explicit Shop(ApiNode& node) : node_(node), guest_(node.client()) {}

  HttpClient& guest() { return guest_; }
  // Creates a product, or sets its available quantity.
  void stock(const std::string& product, int quantity, double price = 1000);
  // Of a product: [available, reserved, sold].
  Json levels(const std::string& product);

  // Places a checkout, which must be accepted.
  PlacedCheckout place(CheckoutMode mode, const Json& body);
  // The same, and waits for its end.
  PlacedCheckout check_out(CheckoutMode mode, const std::string& product, int quantity = 1);
  // The body of the answer, which must have that status.
  Json get(const std::string& path, int status = 200);
  Json post(const std::string& path, const Json& body, int status);

 private:
  ApiNode& node_;
  HttpClient guest_;
};

// Fails for each of the names that `object` lacks.
void expect_members(const Json& object, std::initializer_list<const char*> names);

}  // namespace sagactl::test
