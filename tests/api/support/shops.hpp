// The two shops beside the order system, as tests use them: checkouts below /api and purchases below
// /purchase.
#pragma once

#include <initializer_list>
#include <string>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {

enum class How { choreography, orchestration };

// The body of a checkout of one product.
Json checkout_body(const std::string& product, int quantity = 1, double price = 1000);

struct Placed {
  std::string order;
  std::string saga;  // of an orchestrated one: SAGA-...
};

// A shop whose page knows no accounts: it asks from this machine and shows no token.
class Shop {
 public:
  explicit Shop(ApiNode& node) : node_(node), guest_(node.client()) {}

  HttpClient& guest() { return guest_; }
  // Makes a product, or sets how much of it there is.
  void stock(const std::string& product, int quantity, double price = 1000);
  // Of a product: [available, reserved, sold].
  Json levels(const std::string& product);

  // Places a checkout, which must be accepted.
  Placed place(How how, const Json& body);
  // The same, and waits for its end.
  Placed check_out(How how, const std::string& product, int quantity = 1);
  // The answer's body, which must have that status.
  Json get(const std::string& path, int status = 200);
  Json post(const std::string& path, const Json& body, int status);

 private:
  ApiNode& node_;
  HttpClient guest_;
};

// Fails for every one of the names that `object` lacks.
void expect_members(const Json& object, std::initializer_list<const char*> names);

}  // namespace sagactl::test
