// The audit: actions that users requested (retries, compensations, cancellations, stock settings), newest first, with
// the user; and late charges, which no user requested.
#include <algorithm>
#include <array>
#include <map>

#include "server/api/accounts/guest.hpp"
#include "server/api/operations/handlers.hpp"
#include "server/api/operations/render_trace.hpp"
#include "server/api/query.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t audit_entries_max = 1000;

struct AuditedEvent {
  EventType type;
  std::string_view action;        // as the answer names it
  bool requested_by_user = true;  // only those that a user requested
};
constexpr std::array audited = {AuditedEvent{EventType::saga_retried, "retry"},
                                AuditedEvent{EventType::saga_compensating, "compensate"},
                                AuditedEvent{EventType::order_cancelled, "cancel"},
                                AuditedEvent{EventType::saga_failed, "stop"},
                                AuditedEvent{EventType::stock_set, "set-stock"},
                                AuditedEvent{EventType::payment_charged_late, "late-charge", false},
                                AuditedEvent{EventType::payment_refund_failed, "refund-failed", false}};

std::string_view action_of(EventType type) {
  const auto found =
      std::find_if(audited.begin(), audited.end(), [type](const AuditedEvent& it) { return it.type == type; });
  return found == audited.end() ? "" : found->action;
}

std::string requester_of(const Json& event) {
  const Json& metadata = event["metadata"];
  return metadata.is_object() ? metadata.value("by", "") : "";
}

struct AuditFilter {
  std::optional<Timestamp> since;
  std::optional<OrderId> order;  // whose flow; none: all
  std::string by;                // a user's id or e-mail address; empty: all users
  std::int64_t limit = 100;
};

// The id of the user whom `by` names by id or e-mail address; "" for all. `not_found` for an unknown address.
Result<std::string> id_of(Queries& queries, const std::string& by) {
  if (by.empty() || UserId::parse(by)) return by;
  const auto user = queries.user_by_email(by);
  if (!user) return user.error();
  if (!*user) return Error{ErrorCode::not_found, "User not found", Json{{"by", by}}};
  return (*user)->id.text();
}

Result<Json> email_of(Queries& queries, const std::string& id) {
  if (id.empty()) return Json(nullptr);  // not requested by a user
  if (id == guest_id) return Json(guest_email);
  const auto known = UserId::parse(id);
  if (!known) return Json(nullptr);
  const auto user = queries.user(*known);
  if (!user) return user.error();
  return *user ? Json((*user)->email) : Json(nullptr);
}

Result<std::vector<Event>> read_events(Queries& queries, const AuditFilter& filter) {
  std::vector<Event> all;
  for (const AuditedEvent& it : audited) {
    EventFilter events;
    events.type = it.type;
    events.since = filter.since;
    events.order = filter.order;
    events.requested_by_user = it.requested_by_user;
    events.limit = audit_entries_max;
    auto found = queries.events(events);
    if (!found) return found.error();
    std::move(found->begin(), found->end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), [](const Event& a, const Event& b) { return b.occurred_at < a.occurred_at; });
  return all;
}

Result<Json> read_audit(Queries& queries, const AuditFilter& filter) {
  const auto by = id_of(queries, filter.by);
  if (!by) return by.error();
  const auto events = read_events(queries, filter);
  if (!events) return events.error();
  std::map<std::string, Json> emails;
  Json entries = Json::array();
  for (const Event& each : *events) {
    Json entry = event_json(each);
    const std::string requester = requester_of(entry);
    if (!by->empty() && requester != *by) continue;
    if (!emails.contains(requester)) {
      auto email = email_of(queries, requester);
      if (!email) return email.error();
      emails[requester] = std::move(*email);
    }
    // Who answers for a step lets the saga go on, as a retry does.
    const bool is_answer = each.type == EventType::saga_retried && entry["data"].contains("answer");
    entry["action"] = is_answer ? "answer" : action_of(each.type);
    entry["by"] = requester;
    entry["email"] = emails[requester];
    entries.push_back(std::move(entry));
    if (static_cast<std::int64_t>(entries.size()) == filter.limit) break;
  }
  return entries;
}

}  // namespace

awaitable<Answer> list_audit(Context& context, Request& request) {
  QueryReader query(request);
  AuditFilter filter;
  filter.since = query.time("since");
  if (const auto within = query.duration("within")) {
    if (filter.since) query.fault("since and within must not be given together");
    const Result<Timestamp> now = co_await context.database_time.run();
    if (!now) co_return now.error();
    filter.since = *now - *within;
  }
  filter.by = query.text("by");
  if (const auto saga = query.uuid("saga")) filter.order = OrderId{*saga};
  filter.limit = query.integer("limit", 100, 1, audit_entries_max);
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto read = [&queries = context.queries, filter] { return read_audit(queries, filter); };
  const Result<Json> entries = co_await context.query_threads.list(read);
  if (!entries) co_return entries.error();
  const Json body{{"count", entries->size()}, {"entries", *entries}};
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api
