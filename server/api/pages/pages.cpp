// The documents and files of the pages. None of them needs a token: what they show they ask for by the API.
#include "server/api/pages/handlers.hpp"
#include "server/api/pages/page_files.hpp"
#include "server/http/accept.hpp"
#include "server/http/compression.hpp"

namespace sagactl::api {
namespace {

// Scripts, styles and pictures come from this node alone, none of them is written into a document, and no other page
// may show one of ours in a frame.
constexpr std::string_view content_security =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
// The page to pay on shows the widget of Toss Payments: its script, and what that opens in frames of its own.
constexpr std::string_view content_security_with_widget =
    "default-src 'none'; script-src 'self' https://js.tosspayments.com; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https://*.tosspayments.com; font-src 'self' https://*.tosspayments.com; "
    "connect-src 'self' https://*.tosspayments.com; frame-src https://*.tosspayments.com; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self' https://*.tosspayments.com";
constexpr std::string_view pay_pages = "/shop/pay/";
constexpr std::string_view forever = "public, max-age=31536000, immutable";  // its name changes with its text

http::Response file_response(const Request& request, const PageFile& file, std::string_view cache) {
  const bool compressed = !file.gzip.empty() && http::takes_gzip(request);
  http::Response response =
      http::text_response(200, compressed ? file.gzip : std::string(file.text), file.content_type);
  response.headers.push_back({"ETag", file.etag});
  response.headers.push_back({"Cache-Control", std::string(cache)});
  if (compressed) {
    response.headers.push_back({"Vary", "Accept-Encoding"});
    response.headers.push_back({"Content-Encoding", "gzip"});
  }
  response.headers.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
  return response;
}

http::Response document(const Request& request, std::string_view name, std::string_view policy = content_security) {
  const PageFile* file = find_page_file(name);
  if (!file) crash("the binary has no document of this name");
  http::Response response = file_response(request, *file, "no-cache");
  response.headers.push_back({"Content-Security-Policy", std::string(policy)});
  response.headers.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
  response.headers.push_back({"X-Frame-Options", "DENY"});
  return response;
}

bool prefers_json(const Request& request) {
  const std::string_view accept = request.header("accept");
  const double json = http::accepted_weight(accept, "application/json").value_or(0);
  return json > 0 && json >= http::accepted_weight(accept, "text/html").value_or(0);
}

}  // namespace

// The dashboard for people; for programs, links.
Answer get_start(Context& context, Request& request) {
  if (!prefers_json(request)) {
    http::Response response = document(request, "index.html");
    response.headers.push_back({"Vary", "Accept"});
    return response;
  }
  const Json links{{"openapi", "/api-json"}, {"health", "/health"}, {"metrics", "/metrics"}, {"dashboard", "/ui"}};
  http::Response response =
      http::json_response(200, Json{{"name", "sagactl"}, {"nodeId", context.options.node}, {"links", links}});
  response.headers.push_back({"Vary", "Accept"});
  return response;
}

Answer get_dashboard(Context&, Request& request) {
  return document(request, "index.html");
}

Answer get_shop(Context& context, Request& request) {
  const bool has_widget = !context.options.toss_client_key.empty() && request.path.starts_with(pay_pages);
  return document(request, "shop.html", has_widget ? content_security_with_widget : content_security);
}

Answer get_api_page(Context&, Request& request) {
  return document(request, "api.html");
}

Answer get_asset(Context&, Request& request) {
  const std::string_view name = request.parameter("file");
  const PageFile* file = find_page_file(name);
  if (!file || name.ends_with(".html")) return Error{ErrorCode::not_found, "no page has a file of this name"};
  return file_response(request, *file, forever);
}

}  // namespace sagactl::api
