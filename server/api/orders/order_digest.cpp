#include "server/api/orders/order_digest.hpp"

#include "common/crypto.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {
namespace {

// With its length in front, so that no two lists of texts have the same concatenation.
void append_sized(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

}  // namespace

std::string order_digest(const http::Request& request, const PlaceOrder& order) {
  std::string text;
  text.reserve(256);
  append_sized(text, request.method_text);
  append_sized(text, request.route ? std::string_view(request.route->pattern) : std::string_view(request.path));
  for (const auto& [name, value] : request.parameters) append_sized(text, value);
  append_sized(text, order.saga);
  append_sized(text, order.customer);
  append_sized(text, order.address);
  append_sized(text, order.idempotency_key);
  for (const OrderItem& item : order.items) {
    append_sized(text, item.product_id);
    append_sized(text, item.product_name);
    text += std::to_string(item.quantity);
    text += 'x';
    text += std::to_string(item.price.cents);
    text += ';';
  }
  return hex(sha256(text));
}

}  // namespace sagactl::api
