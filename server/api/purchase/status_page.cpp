// GET /: the node's state for people, on one page that needs nothing else.
#include "server/api/page.hpp"
#include "server/api/routes.hpp"

namespace sagactl::api {

void add_status_page(http::Router& router, Context&) {
  const auto status_page = [](http::Request&) -> http::Answer {
    return http::text_response(200, std::string(page("status.html")), http::media::html);
  };
  router.add({http::Method::get, "/", http::Access::anyone, status_page, "The node's state for people",
              "documents"});
}

}  // namespace sagactl::api
