// GET /shop/settings: how one pays at this node, for the page of the shop.
#include "server/api/checkout/handlers.hpp"
#include "server/api/render.hpp"

namespace sagactl::api {

Answer get_shop_settings(Context& context, Request&) {
  const ApiOptions& options = context.options;
  const Json body{{"provider", options.payment_provider},
                  {"shopConfirms", options.shop_confirms},
                  {"clientKey", text_or_null(options.toss_client_key)}};
  return http::json_response(200, body);
}

}  // namespace sagactl::api
