#include "cli/loadtest/server_queries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/client/connecting.hpp"
#include "cli/client/node_client.hpp"
#include "common/text/text.hpp"
#include "loadgen/requests/request_pieces.hpp"
#include "server/adapters/participants/http_answer.hpp"

namespace sagactl {
namespace {

constexpr Duration request_timeout_max = 2s;  // so that one slow answer does not delay the others
constexpr int unauthenticated = 401, forbidden = 403, too_many_requests = 429, unavailable = 503;

HttpHeaders common_headers(const Profile& profile) {
  HttpHeaders headers;
  for (const auto& [name, value] : profile.headers) {
    const std::string lower_name = lower(name);
    const bool is_per_request = lower_name.starts_with("content-") || lower_name == "connection";
    if (is_per_request) continue;
    if (auto same = constant_text(profile.journey, value)) headers.emplace_back(name, std::move(*same));
  }
  return headers;
}

// "http://host/orders?page=2" -> "/orders?page=2"
std::string path_of(const std::string& address) {
  const std::size_t scheme = address.find("://");
  if (address.starts_with('/') || scheme == std::string::npos) return address;
  const std::size_t path = address.find('/', scheme + 3);
  return path == std::string::npos ? "/" : address.substr(path);
}

}  // namespace

ServerQueries::ServerQueries(const Invocation& invocation, const Profile& profile)
    : headers_(common_headers(profile)), has_token_(!invocation.settings.token.empty()) {
  HttpClientOptions options;
  options.token = invocation.settings.token;
  options.timeout = std::min(invocation.settings.timeout, request_timeout_max);
  if (auto connect = connect_options(invocation)) options.connect = std::move(*connect);
  if (const auto urls = node_urls(invocation.settings))
    for (const Url& url : *urls) clients_.emplace_back(url, options);
}

void ServerQueries::set_users(std::vector<HttpHeaders> user_headers) {
  if (!has_token_ && !user_headers.empty()) viewers_ = std::move(user_headers);
}

Result<HttpResponse> ServerQueries::get(const std::string& path_or_address, const HttpHeaders& more) {
  Result<HttpResponse> response = get_from(next_++, path_or_address, more);
  for (std::size_t others = 1; !response && others < clients_.size(); ++others)
    response = get_from(next_++, path_or_address, more);
  return response;
}

Result<HttpResponse> ServerQueries::get_from(std::size_t turn, const std::string& path_or_address,
                                             const HttpHeaders& more) {
  HttpClient& client = clients_[turn % clients_.size()];
  HttpRequest request;
  request.path = path_of(path_or_address);
  const std::string& prefix = client.base().prefix;
  const bool is_complete = request.path != path_or_address && !prefix.empty() && request.path.starts_with(prefix + "/");
  if (is_complete) request.path.erase(0, prefix.size());
  request.path = escaped(request.path, Escape::target);
  request.headers = headers_;
  for (const auto& [name, value] : more)
    if (header_of(headers_, name).empty()) request.headers.emplace_back(name, value);
  Result<HttpResponse> response = client.send(request);
  if (response && (response->status == too_many_requests || response->status == unavailable))
    if (const auto after = read_retry_after(response->header("Retry-After"), wall_clock_now()))
      not_before_ = std::chrono::steady_clock::now() + *after;
  return response;
}

std::string useless_answer(const std::string& path, const Result<HttpResponse>& response) {
  if (!response) return response.error().message;
  std::string text = fmt::format("GET {} returned HTTP {}", path, response->status);
  if (response->status == unauthenticated || response->status == forbidden)
    text += " (the request carried --token and the create.headers that are the same for all orders)";
  else if (const std::string message = response->message(); !message.starts_with("HTTP "))
    text += fmt::format(": {}", message);
  return text;
}

}  // namespace sagactl
