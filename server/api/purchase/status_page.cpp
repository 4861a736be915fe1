// GET /: the node's state for people, on one page that needs nothing else; for programs, where to go on.
#include "server/api/page.hpp"
#include "server/api/routes.hpp"
#include "server/http/accept.hpp"

namespace sagactl::api {
namespace {

bool wants_json(const http::Request& request) {
  const std::string_view accept = request.header("accept");
  const double json = http::accepted_weight(accept, "application/json").value_or(0);
  return json > 0 && json >= http::accepted_weight(accept, "text/html").value_or(0);
}

}  // namespace

void add_status_page(http::Router& router, Context& context) {
  const auto status_page = [node = context.options.node](http::Request& request) -> http::Answer {
    http::Response response =
        wants_json(request)
            ? http::json_response(200, Json{{"name", "sagactl"},
                                            {"nodeId", node},
                                            {"links", {{"openapi", "/api-json"}, {"health", "/health"}, {"metrics", "/metrics"}}}})
            : http::text_response(200, std::string(page("status.html")), http::media::html);
    response.headers.push_back({"Vary", "Accept"});
    return response;
  };
  router.add({http::Method::get, "/", http::Access::anyone, status_page, "The node's state for people",
              "documents"});
}

}  // namespace sagactl::api
