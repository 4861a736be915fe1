// What people had done: retries, compensations, cancellations and stock that was set, newest first, with who asked; and
// what was done about money that nobody had asked for: charges that came too late.
#include <algorithm>
#include <array>
#include <map>

#include "server/api/accounts/guest.hpp"
#include "server/api/query.hpp"
#include "server/api/operations/render_trace.hpp"
#include "server/api/routes.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::int64_t entries_max = 1000;

struct Audited {
  EventType type;
  std::string_view action;  // one word for what was done
  bool requested_by_user = true;    // only what a person asked for
};
constexpr std::array audited = {Audited{EventType::saga_retried, "retry"},
                                Audited{EventType::saga_compensating, "compensate"},
                                Audited{EventType::order_cancelled, "cancel"},
                                Audited{EventType::stock_set, "set-stock"},
                                Audited{EventType::payment_charged_late, "late-charge", false},
                                Audited{EventType::payment_refund_failed, "refund-failed", false}};

std::string_view action_of(EventType type) {
  const auto found = std::find_if(audited.begin(), audited.end(), [type](const Audited& it) { return it.type == type; });
  return found == audited.end() ? "" : found->action;
}

std::string by_of(const Json& event) {
  const Json& metadata = event["metadata"];
  return metadata.is_object() ? metadata.value("by", "") : "";
}

struct AuditFilter {
  std::optional<Timestamp> since;
  std::string by;  // a user's id or e-mail address; empty: anybody
  std::int64_t limit = 100;
};

// Who is meant. Somebody who is not known has done nothing.
Result<std::string> id_of(Queries& queries, const std::string& by) {
  if (by.empty() || UserId::parse(by)) return by;
  const auto user = queries.user_by_email(by);
  if (!user) return user.error();
  if (!*user) return Error{ErrorCode::not_found, "User not found", Json{{"by", by}}};
  return (*user)->id.text();
}

Result<Json> email_of(Queries& queries, const std::string& id) {
  if (id.empty()) return Json(nullptr);  // nobody asked
  if (id == guest_id) return Json(guest_email);
  const auto known = UserId::parse(id);
  if (!known) return Json(nullptr);
  const auto user = queries.user(*known);
  if (!user) return user.error();
  return *user ? Json((*user)->email) : Json(nullptr);
}

Result<std::vector<Event>> read_events(Queries& queries, const AuditFilter& filter) {
  std::vector<Event> all;
  for (const Audited& it : audited) {
    EventFilter events;
    events.type = it.type;
    events.since = filter.since;
    events.requested_by_user = it.requested_by_user;
    events.limit = entries_max;
    auto found = queries.events(events);
    if (!found) return found.error();
    std::move(found->begin(), found->end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(),
            [](const Event& a, const Event& b) { return b.occurred_at < a.occurred_at; });
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
    Json entry = event(each);
    const std::string who = by_of(entry);
    if (!by->empty() && who != *by) continue;
    if (!emails.contains(who)) {
      auto email = email_of(queries, who);
      if (!email) return email.error();
      emails[who] = std::move(*email);
    }
    entry["action"] = action_of(each.type);
    entry["by"] = who;
    entry["email"] = emails[who];
    entries.push_back(std::move(entry));
    if (static_cast<std::int64_t>(entries.size()) == filter.limit) break;
  }
  return entries;
}

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
  filter.limit = query.integer("limit", 100, 1, entries_max);
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto read = [&queries = context.queries, filter] { return read_audit(queries, filter); };
  const Result<Json> entries = co_await context.query_threads.list(read);
  if (!entries) co_return entries.error();
  const Json body{{"count", entries->size()}, {"entries", *entries}};
  co_return http::json_response(200, body);
}

}  // namespace

void add_audit_routes(http::Router& router, Context& context) {
  router.add({http::Method::get, "/audit", http::Access::admin,
              [&context](Request& request) { return list_audit(context, request); },
              "What people had done to sagas, orders and stock, newest first", "operation"});
}

}  // namespace sagactl::api
