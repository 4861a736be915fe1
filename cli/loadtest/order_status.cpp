#include "cli/loadtest/order_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/client/node_client.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds turn_max{1};
constexpr Duration question_max = 2s;  // one slow answer must not keep the others waiting
constexpr std::string_view order_field = "{order}";
constexpr int unauthenticated = 401, forbidden = 403, not_found = 404, gone = 410;

// The headers that are the same for all orders and not about the body: whoever may order may query.
HttpHeaders shared_headers(const Profile& profile) {
  HttpHeaders headers;
  for (const auto& [name, value] : profile.headers) {
    const std::string small = lower(name);
    const bool is_own = small.starts_with("content-") || small == "connection";
    if (!is_own && value.find('{') == std::string::npos) headers.emplace_back(name, value);
  }
  return headers;
}

}  // namespace

OrderStatuses::OrderStatuses(const Invocation& invocation, const Profile& profile, const Ledger& ledger)
    : profile_(profile), headers_(shared_headers(profile)), run_(ledger.run) {
  HttpClientOptions options;
  options.token = invocation.settings.token;
  options.timeout = std::min(invocation.settings.timeout, question_max);
  if (const auto urls = node_urls(invocation.settings))
    for (const Url& url : *urls) clients_.emplace_back(url, options);
  for (const LedgerEntry& entry : ledger.entries) {
    if (entry.outcome != RequestOutcome::accepted || entry.order.is_nil()) continue;
    Told& told = told_[ledger.order_text(entry)];
    told.accepted_at = entry.done;
  }
  for (const auto& [order, told] : told_) left_.push_back(order);
}

bool OrderStatuses::has_ended(const std::string& order, Told& told) {
  std::string path = profile_.status.path;
  path.replace(path.find(order_field), order_field.size(), percent_encode(order));
  HttpRequest request;
  request.path = path;
  request.headers = headers_;
  const auto response = clients_[next_++ % clients_.size()].send(request);
  told.http_status = response ? response->status : 0;
  told.status.clear();
  told.trouble =
      response ? fmt::format("GET {} is answered HTTP {}", path, response->status) : response.error().message;
  if (told.http_status == unauthenticated || told.http_status == forbidden)
    told.trouble += " (--token and the create.headers without fields in braces are sent)";
  if (!response || !response->ok()) return false;
  const auto body = response->json();
  const Json::json_pointer place(profile_.status.pointer);
  if (!body || !body->contains(place)) {
    told.trouble = body ? fmt::format("the answer to GET {} has nothing at {}", path, profile_.status.pointer)
                        : fmt::format("the answer to GET {} is not JSON", path);
    return false;
  }
  const Json& status = (*body)[place];
  told.status = status.is_string() ? status.get<std::string>() : json_text(status);
  const auto& ends = profile_.status.ends;
  if (std::find(ends.begin(), ends.end(), told.status) == ends.end()) return false;
  told.ended_at = wall_clock_now();
  return true;
}

std::size_t OrderStatuses::ask() {
  if (clients_.empty()) return left_.size();
  const auto until = std::chrono::steady_clock::now() + turn_max;
  std::size_t asked = 0;
  const std::size_t all = left_.size();
  std::vector<std::string> open;
  while (asked < all && std::chrono::steady_clock::now() < until) {
    const std::string order = left_[asked++];
    if (!has_ended(order, told_[order])) open.push_back(order);
  }
  // Those that were not asked come first the next time.
  left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(asked));
  left_.insert(left_.end(), open.begin(), open.end());
  return left_.size();
}

std::optional<std::string> OrderStatuses::what_is_missing() const {
  for (const auto& [order, told] : told_) {
    const bool known = !told.status.empty() || told.http_status == not_found || told.http_status == gone;
    if (!known) return told.trouble.empty() ? "order " + order + " could not be asked for" : told.trouble;
  }
  return std::nullopt;
}

Result<std::vector<std::string>> OrderStatuses::columns(const ForeignQuery&) {
  return std::vector<std::string>{"order_id", "created_us", "status", "ended_us"};
}

Result<void> OrderStatuses::each_row(const ForeignQuery& query,
                                     const std::function<Result<void>(const ForeignRow&)>& visit) {
  const auto names = columns(query);
  for (const auto& [order, told] : told_) {
    if (told.status.empty()) continue;
    const std::string accepted = std::to_string(told.accepted_at.us), ended = std::to_string(told.ended_at.us);
    std::vector<std::optional<std::string_view>> values = {order, accepted, told.status, std::nullopt};
    if (told.ended_at.us != 0) values[3] = ended;
    if (auto visited = visit(ForeignRow(*names, values)); !visited) return visited;
  }
  return {};
}

}  // namespace sagactl
