#include "cli/order_status.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "cli/node_client.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds turn_max{1};
constexpr std::string_view order_field = "{order}";

}  // namespace

OrderStatuses::OrderStatuses(const Invocation& invocation, const Profile& profile, const Ledger& ledger)
    : profile_(profile) {
  HttpClientOptions options;
  options.token = invocation.settings.token;
  options.timeout = invocation.settings.timeout;
  if (const auto urls = node_urls(invocation.settings))
    for (const Url& url : *urls) clients_.emplace_back(url, options);
  std::set<std::string> orders;
  for (const LedgerEntry& entry : ledger.entries)
    if (entry.outcome == RequestOutcome::accepted && !entry.order.is_nil())
      orders.insert(ledger.order_text(entry));
  left_.assign(orders.begin(), orders.end());
}

bool OrderStatuses::has_ended(const std::string& order, bool& reachable) {
  std::string path = profile_.status.path;
  path.replace(path.find(order_field), order_field.size(), percent_encode(order));
  const auto response = clients_[next_++ % clients_.size()].get(path);
  reachable = response.ok();
  if (!response || !response->ok()) return false;
  const auto body = response->json();
  const Json::json_pointer place(profile_.status.pointer);
  if (!body || !body->contains(place)) return false;
  const Json& status = (*body)[place];
  const std::string text = status.is_string() ? status.get<std::string>() : json_text(status);
  const auto& ends = profile_.status.ends;
  return std::find(ends.begin(), ends.end(), text) != ends.end();
}

std::optional<std::size_t> OrderStatuses::ask() {
  if (clients_.empty()) return std::nullopt;
  const auto until = std::chrono::steady_clock::now() + turn_max;
  std::size_t asked = 0;
  const std::size_t all = left_.size();
  std::vector<std::string> open;
  while (asked < all && std::chrono::steady_clock::now() < until) {
    bool reachable = false;
    const std::string order = left_[asked++];
    if (!has_ended(order, reachable)) open.push_back(order);
    if (!reachable) return std::nullopt;
  }
  // Those that were not asked come first the next time.
  left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(asked));
  left_.insert(left_.end(), open.begin(), open.end());
  return left_.size();
}

}  // namespace sagactl
