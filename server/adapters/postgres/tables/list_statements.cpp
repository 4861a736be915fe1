#include "server/adapters/postgres/tables/list_statements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "server/adapters/postgres/tables/event_table.hpp"
#include "server/adapters/postgres/tables/flow_table.hpp"

namespace sagactl::postgres {
namespace {

constexpr std::string_view type_of(std::int64_t) {
  return "bigint";
}
constexpr std::string_view type_of(const std::string&) {
  return "text";
}
constexpr std::string_view type_of(const Uuid&) {
  return "uuid";
}

// "FROM flow AS f WHERE ...", with its values added to `parameters`.
std::string from_flow(const sql::FlowSelection& selection, Parameters& parameters) {
  std::string text = "FROM flow AS f WHERE true";
  for (const sql::FlowCondition& condition : selection.conditions) {
    text += " AND ";
    if (!condition.value) {
      text += condition.text;
      continue;
    }
    std::visit(
        [&](const auto& value) {
          parameters.add(value);
          text += fmt::format(fmt::runtime(condition.text), fmt::format("${}::{}", parameters.size(), type_of(value)));
        },
        *condition.value);
  }
  return text;
}

// Flows with ids of this system are in the order of their ids, the newest of which are of today; those with others,
// that were imported, are placed among them by the time of their creation (sql/postgres/0016_imported.sql). Each kind
// is read by its own index, no further than the page goes.
constexpr std::string_view has_own_id = "get_byte(uuid_send(f.id), 6) >> 4 = 7";
constexpr std::string_view has_imported_id = "get_byte(uuid_send(f.id), 6) >> 4 <> 7";
constexpr std::string_view place_of_imported = "flow_place(f.id, coalesce(f.order_created, f.saga_created, 0))";
constexpr std::string_view tomorrow =
    "flow_place('ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid, (extract(epoch FROM now()) * 1000000)::bigint + "
    "86400000000)";

// `from` is that of from_flow(). The page begins after the flow `after`, in a parameter; empty: at the first.
std::string select_with_imported(const std::string& from, const std::string& after, std::string_view direction,
                                 const std::string& limit, const std::string& offset) {
  const std::string place_of_after =
      after.empty() ? std::string()
                    : fmt::format("(SELECT CASE WHEN {} THEN f.id ELSE {} END FROM flow AS f WHERE f.id = {})",
                                  has_own_id, place_of_imported, after);
  const auto part = [&](std::string_view condition, std::string_view place) {
    std::string text = fmt::format("(SELECT f.*, {} AS place {} AND {}", place, from, condition);
    if (!after.empty()) text += fmt::format(" AND {} < {}", place, place_of_after);
    return text + fmt::format(" ORDER BY {} {} LIMIT {} + {})", place, direction, limit, offset);
  };
  return fmt::format("SELECT {} FROM ({} UNION ALL {}) AS f ORDER BY f.place {} LIMIT {} OFFSET {}", flow_columns(),
                     part(fmt::format("{} AND f.id < {}", has_own_id, tomorrow), "f.id"),
                     part(has_imported_id, place_of_imported), direction, limit, offset);
}

}  // namespace

std::string like_pattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c == '*' ? '%' : c;
  }
  return pattern;
}

void send_page(PostgresConnection& connection, sql::FlowSelection selection, const Page& page, bool has_imported) {
  std::int64_t offset = page.after ? 0 : std::max<std::int64_t>(page.offset, 0);
  const bool by_place = has_imported && page.sort_by == SortBy::created;
  if (page.after && !by_place) {
    // Nothing comes after a flow that does not exist.
    selection.conditions.push_back({"f.id < (SELECT id FROM flow WHERE id = {})", page.after->uuid});
  }
  const std::string_view direction = page.oldest_first ? "ASC" : "DESC";
  const std::string order = page.sort_by == SortBy::updated ? fmt::format("f.saga_updated {0}, f.id {0}", direction)
                                                            : fmt::format("f.id {}", direction);
  Parameters parameters;
  const std::string from = from_flow(selection, parameters);
  const std::size_t limit_at = parameters.size() + 1;
  parameters.add(std::max<std::int64_t>(page.limit, 0)).add(offset);
  if (by_place) {
    std::string after;
    if (page.after) after = fmt::format("${}::uuid", parameters.add(page.after->uuid).size());
    connection.send({{},
                     select_with_imported(from, after, direction, fmt::format("${}::bigint", limit_at),
                                          fmt::format("${}::bigint", limit_at + 1))},
                    parameters);
    return;
  }
  connection.send({{},
                   fmt::format("SELECT {} {} ORDER BY {} LIMIT ${}::bigint OFFSET ${}::bigint", flow_columns(), from,
                               order, limit_at, limit_at + 1)},
                  parameters);
}

void send_count(PostgresConnection& connection, const sql::FlowSelection& selection) {
  Parameters parameters;
  const std::string from = from_flow(selection, parameters);
  connection.send({{}, "SELECT count(*) " + from}, parameters);
}

void send_event_search(PostgresConnection& connection, const EventFilter& filter) {
  Parameters parameters;
  std::string conditions;
  const auto place = [&] { return fmt::format("${}", parameters.size()); };
  parameters.add(std::max<std::int64_t>(filter.limit, 0));
  if (filter.type) conditions += fmt::format(" AND e.type = {}", static_cast<int>(*filter.type));
  if (filter.since) {
    parameters.add(*filter.since);
    conditions += fmt::format(" AND e.occurred_at >= {}::bigint", place());
  }
  if (filter.requested_by_user) conditions += fmt::format(" AND e.metadata LIKE '{}%'", requested_by_prefix);
  std::string flow;
  if (filter.order) {
    parameters.add(filter.order->uuid);
    flow = place();
  }
  std::string user;
  if (filter.user) {
    parameters.add(filter.user->uuid);
    user = place() + "::uuid";
  }
  const std::string order = " ORDER BY e.occurred_at DESC, e.sequence DESC LIMIT $1::bigint";
  const auto of_user = [&](std::string_view column) {
    return user.empty() ? "" : fmt::format(" AND {} IN (SELECT id FROM flow WHERE user_id = {})", column, user);
  };
  std::string sql;
  if (filter.order) {
    sql = fmt::format("SELECT {} FROM event_group AS g {} WHERE g.flow = {}::uuid{}{}{}", event_columns, each_of_group,
                      flow, conditions, of_user("g.flow"), order);
  } else if (filter.type && is_rare(*filter.type)) {
    sql = fmt::format("SELECT {} FROM event_group AS e WHERE {}{}{}{}", event_columns, is_rare_event, conditions,
                      of_user("e.flow"), order);
  } else if (filter.requested_by_user && filter.type == EventType::stock_set) {  // such events belong to no flow
    sql = fmt::format("SELECT {} FROM event_group AS e WHERE e.flow = '{}'{}{}{}", event_columns, Uuid{}.text(),
                      conditions, of_user("e.flow"), order);
  } else {
    // A node's events are in the order of their times: the newest of all are among the newest of each node.
    const std::string newest = fmt::format(
        "SELECT e.* FROM node AS n CROSS JOIN LATERAL (SELECT e.* FROM event_group AS g {} WHERE g.node = n.no{} "
        "ORDER BY g.sequence DESC, e.sequence DESC LIMIT $1::bigint) AS e",
        each_of_group,
        conditions + (user.empty()
                          ? ""
                          : fmt::format(" AND EXISTS (SELECT 1 FROM flow WHERE id = g.flow AND user_id = {})", user)));
    sql = user.empty()
              ? fmt::format("SELECT {} FROM ({}) AS e{}", event_columns, newest, order)
              : fmt::format(
                    "SELECT {} FROM (SELECT e.* FROM event_group AS g {} WHERE (SELECT count(*) FROM (SELECT 1 "
                    "FROM flow WHERE user_id = {} LIMIT {}) AS f) <= {}{}{} UNION ALL SELECT e.* FROM "
                    "({}) AS e WHERE (SELECT count(*) FROM (SELECT 1 FROM flow WHERE user_id = {} "
                    "LIMIT {}) AS f) > {}) AS e{}",
                    event_columns, each_of_group, user, sql::few_flows + 1, sql::few_flows, conditions,
                    of_user("g.flow"), newest, user, sql::few_flows + 1, sql::few_flows, order);
  }
  connection.send({{}, sql}, parameters);
}

}  // namespace sagactl::postgres
