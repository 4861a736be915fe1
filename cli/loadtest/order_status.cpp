#include "cli/loadtest/order_status.hpp"

#include <fmt/format.h>

#include <chrono>

#include "analysis/foreign/foreign_orders.hpp"
#include "analysis/readable.hpp"
#include "cli/loadtest/seen_times.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds poll_max{1};
constexpr int not_found = 404, gone = 410;

// Requests whose answers name an order that is worth asking for. A refusal may also name an order of somebody else,
// unless the request was meant to fail.
bool names_an_order(const LedgerEntry& entry) {
  if (entry.order.is_nil()) return false;
  if (is_answered_with_its_order(entry)) return true;
  return entry.outcome == RequestOutcome::accepted || entry.outcome == RequestOutcome::indeterminate ||
         (entry.outcome == RequestOutcome::rejected && entry.kind == OrderKind::payment_fail);
}

}  // namespace

OrderStatuses::OrderStatuses(const Invocation& invocation, const Profile& profile, const Ledger& ledger,
                             std::map<std::string, WatchedOrder> watched, std::vector<HttpHeaders> user_headers)
    : profile_(profile), user_headers_(std::move(user_headers)), run_(ledger.run), queries_(invocation, profile) {
  for (const LedgerEntry& entry : ledger.entries) {
    if (!names_an_order(entry)) continue;
    PolledOrder& answer = orders_[ledger.order_text(entry)];
    const bool is_accepted = entry.outcome == RequestOutcome::accepted;
    if (answer.created_at.us == 0 || (is_accepted && !answer.is_accepted)) answer.created_at = entry.sent;
    answer.is_accepted = answer.is_accepted || is_accepted;
    answer.is_promised = answer.is_promised || is_accepted || is_answered_with_its_order(entry);
    answer.user = entry.user;
  }
  for (const auto& [order, seen] : watched)
    if (const auto known = orders_.find(order); known != orders_.end()) known->second.ended_at = seen.ended;
  for (const auto& [order, answer] : orders_) open_.push_back(order);
}

RowSource OrderStatuses::source() const {
  return {.name = "the server",
          .where = "on the server",
          .orders = "the status of each order",
          .ends_are_exact = !profile_.status.ended.empty(),
          .no_groups = "only a database or a list of its orders would show what the server did with it"};
}

void OrderStatuses::read_times(const Json& body, PolledOrder& answer) const {
  const auto at = [&](const std::string& pointer) -> std::optional<Timestamp> {
    const Json::json_pointer place(pointer);
    return body.contains(place) ? seen_time(body[place]) : std::nullopt;
  };
  if (profile_.status.ended.empty()) return;
  const auto created = at(profile_.status.created), ended = at(profile_.status.ended);
  if (!created || !ended) return;
  answer.created_at = *created;
  answer.ended_at = *ended;
}

void OrderStatuses::add(const std::string& order, Timestamp created_at, std::uint16_t user) {
  if (orders_.emplace(order, PolledOrder{.created_at = created_at, .ended_at = {}, .user = user}).second)
    open_.push_back(order);
}

bool OrderStatuses::PolledOrder::is_known() const {
  return !status.empty() || http_status == not_found || http_status == gone;
}

bool OrderStatuses::has_ended(const std::string& order, PolledOrder& answer) {
  const std::string path = status_path(profile_, order);
  const bool has_headers = answer.user < user_headers_.size();
  const auto response = queries_.get(path, has_headers ? user_headers_[answer.user] : HttpHeaders());
  answer.http_status = response ? response->status : 0;
  answer.status.clear();
  answer.error = useless_answer(path, response);
  if (!response || !response->ok()) return !answer.is_promised && answer.http_status == not_found;
  const auto body = response->json();
  const auto status = body ? seen_text(*body, profile_.status.pointer) : std::nullopt;
  if (!status) {
    answer.error = body ? fmt::format("the answer to GET {} has nothing at {}", path, profile_.status.pointer)
                        : fmt::format("the answer to GET {} is not JSON", path);
    return false;
  }
  answer.status = *status;
  if (!is_final(profile_, answer.status)) return false;
  read_times(*body, answer);
  return true;
}

std::size_t OrderStatuses::poll() {
  if (!queries_.any()) return open_.size();
  const auto until = std::chrono::steady_clock::now() + poll_max;
  std::size_t asked = 0;
  const std::size_t all = open_.size();
  std::vector<std::string> not_ended;
  while (asked < all && std::chrono::steady_clock::now() < until && queries_.may_ask()) {
    const std::string order = open_[asked++];
    if (!has_ended(order, orders_[order])) not_ended.push_back(order);
  }
  // Those that were not asked for come first the next time.
  open_.erase(open_.begin(), open_.begin() + static_cast<std::ptrdiff_t>(asked));
  open_.insert(open_.end(), not_ended.begin(), not_ended.end());
  return open_.size();
}

bool OrderStatuses::knows_no_promised_order() const {
  bool any = false;
  for (const auto& [order, answer] : orders_) {
    if (!answer.status.empty()) return false;
    any = any || answer.is_promised;
    if (answer.is_promised && !answer.is_known()) return false;
  }
  return any;
}

UnseenOrders OrderStatuses::unseen() const {
  UnseenOrders unseen;
  std::string first_error;
  if (knows_no_promised_order()) {
    unseen.any = true;
    for (const auto& [order, answer] : orders_) unseen.orders.insert(order_ref(order));
    unseen.why = fmt::format("the server knows none of {}: GET {} returned HTTP {}; is status.path right?",
                             count_of(orders_.size(), "order"), status_path(profile_, orders_.begin()->first),
                             orders_.begin()->second.http_status);
    return unseen;
  }
  for (const auto& [order, answer] : orders_) {
    if (answer.is_known()) continue;
    unseen.orders.insert(order_ref(order));
    if (first_error.empty()) first_error = answer.error;
  }
  if (unseen.orders.empty()) return unseen;
  if (first_error.empty()) first_error = "there was no time to ask for them: raise --drain";
  unseen.why = fmt::format("the status of {} of {} is not known: {}", with_separators(unseen.orders.size()),
                           count_of(orders_.size(), "order"), first_error);
  return unseen;
}

std::optional<std::string> OrderStatuses::ask(const std::string& order) {
  const auto found = orders_.find(order);
  if (found == orders_.end() || !queries_.any() || !queries_.may_ask()) return std::nullopt;
  has_ended(order, found->second);
  return status_of(order);
}

std::optional<std::string> OrderStatuses::status_of(const std::string& order) const {
  const auto found = orders_.find(order);
  if (found == orders_.end() || found->second.status.empty()) return std::nullopt;
  return found->second.status;
}

Result<std::vector<std::string>> OrderStatuses::columns(const ForeignQuery&) {
  return std::vector<std::string>{"order_id", "created_us", "status", "ended_us"};
}

Result<void> OrderStatuses::each_row(const ForeignQuery& query,
                                     const std::function<Result<void>(const ForeignRow&)>& visit) {
  const auto names = columns(query);
  for (const auto& [order, answer] : orders_) {
    if (answer.status.empty()) continue;
    const std::string created = std::to_string(answer.created_at.us), ended = std::to_string(answer.ended_at.us);
    std::vector<std::optional<std::string_view>> values = {order, created, answer.status, std::nullopt};
    if (answer.ended_at.us != 0 && is_final(profile_, answer.status)) values[3] = ended;
    if (auto visited = visit(ForeignRow(*names, values)); !visited) return visited;
  }
  return {};
}

}  // namespace sagactl
