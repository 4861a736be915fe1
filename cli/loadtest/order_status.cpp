#include "cli/loadtest/order_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/client/node_client.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds poll_max{1};
constexpr Duration request_timeout_max = 2s;  // so that one slow answer does not delay the others
constexpr std::string_view order_field = "{order}";
constexpr int unauthenticated = 401, forbidden = 403, not_found = 404, gone = 410;

// A status request carries the headers of an order that are the same for all orders and do not describe the body, such
// as credentials.
HttpHeaders common_headers(const Profile& profile) {
  HttpHeaders headers;
  for (const auto& [name, value] : profile.headers) {
    const std::string lower_name = lower(name);
    const bool is_per_request = lower_name.starts_with("content-") || lower_name == "connection";
    if (!is_per_request && value.find('{') == std::string::npos) headers.emplace_back(name, value);
  }
  return headers;
}

}  // namespace

OrderStatuses::OrderStatuses(const Invocation& invocation, const Profile& profile, const Ledger& ledger,
                             std::vector<HttpHeaders> user_headers)
    : profile_(profile), headers_(common_headers(profile)), user_headers_(std::move(user_headers)), run_(ledger.run) {
  HttpClientOptions options;
  options.token = invocation.settings.token;
  options.timeout = std::min(invocation.settings.timeout, request_timeout_max);
  if (const auto urls = node_urls(invocation.settings))
    for (const Url& url : *urls) clients_.emplace_back(url, options);
  for (const LedgerEntry& entry : ledger.entries) {
    if (entry.outcome != RequestOutcome::accepted || entry.order.is_nil()) continue;
    PolledOrder& answer = orders_[ledger.order_text(entry)];
    answer.accepted_at = entry.done;
    answer.user = entry.user;
  }
  for (const auto& [order, answer] : orders_) open_.push_back(order);
}

bool OrderStatuses::has_ended(const std::string& order, PolledOrder& answer) {
  std::string path = profile_.status.path;
  path.replace(path.find(order_field), order_field.size(), percent_encode(order));
  HttpRequest request;
  request.path = path;
  request.headers = headers_;
  if (answer.user < user_headers_.size())
    for (const auto& [name, value] : user_headers_[answer.user])
      if (header_of(headers_, name).empty()) request.headers.emplace_back(name, value);
  const auto response = clients_[next_++ % clients_.size()].send(request);
  answer.http_status = response ? response->status : 0;
  answer.status.clear();
  answer.error = response ? fmt::format("GET {} returned HTTP {}", path, response->status) : response.error().message;
  if (answer.http_status == unauthenticated || answer.http_status == forbidden)
    answer.error += " (the request carried --token and the create.headers without fields in braces)";
  if (!response || !response->ok()) return false;
  const auto body = response->json();
  const Json::json_pointer place(profile_.status.pointer);
  if (!body || !body->contains(place)) {
    answer.error = body ? fmt::format("the answer to GET {} has nothing at {}", path, profile_.status.pointer)
                        : fmt::format("the answer to GET {} is not JSON", path);
    return false;
  }
  const Json& status = (*body)[place];
  answer.status = status.is_string() ? status.get<std::string>() : json_text(status);
  const auto& ends = profile_.status.ends;
  if (std::find(ends.begin(), ends.end(), answer.status) == ends.end()) return false;
  answer.ended_at = wall_clock_now();
  return true;
}

std::size_t OrderStatuses::poll() {
  if (clients_.empty()) return open_.size();
  const auto until = std::chrono::steady_clock::now() + poll_max;
  std::size_t asked = 0;
  const std::size_t all = open_.size();
  std::vector<std::string> not_ended;
  while (asked < all && std::chrono::steady_clock::now() < until) {
    const std::string order = open_[asked++];
    if (!has_ended(order, orders_[order])) not_ended.push_back(order);
  }
  // Those that were not asked for come first the next time.
  open_.erase(open_.begin(), open_.begin() + static_cast<std::ptrdiff_t>(asked));
  open_.insert(open_.end(), not_ended.begin(), not_ended.end());
  return open_.size();
}

std::optional<std::string> OrderStatuses::first_without_status() const {
  for (const auto& [order, answer] : orders_) {
    const bool known = !answer.status.empty() || answer.http_status == not_found || answer.http_status == gone;
    if (!known) return answer.error.empty() ? "order " + order + " was not asked for" : answer.error;
  }
  return std::nullopt;
}

Result<std::vector<std::string>> OrderStatuses::columns(const ForeignQuery&) {
  return std::vector<std::string>{"order_id", "created_us", "status", "ended_us"};
}

Result<void> OrderStatuses::each_row(const ForeignQuery& query,
                                     const std::function<Result<void>(const ForeignRow&)>& visit) {
  const auto names = columns(query);
  for (const auto& [order, answer] : orders_) {
    if (answer.status.empty()) continue;
    const std::string accepted = std::to_string(answer.accepted_at.us), ended = std::to_string(answer.ended_at.us);
    std::vector<std::optional<std::string_view>> values = {order, accepted, answer.status, std::nullopt};
    if (answer.ended_at.us != 0) values[3] = ended;
    if (auto visited = visit(ForeignRow(*names, values)); !visited) return visited;
  }
  return {};
}

}  // namespace sagactl
