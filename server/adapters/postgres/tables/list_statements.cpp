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

}  // namespace

std::string like_pattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c == '*' ? '%' : c;
  }
  return pattern;
}

void send_page(PostgresConnection& connection, sql::FlowSelection selection, const Page& page) {
  std::int64_t offset = std::max<std::int64_t>(page.offset, 0);
  if (page.after) {
    // Nothing comes after a flow that does not exist.
    selection.conditions.push_back({"f.id < (SELECT id FROM flow WHERE id = {})", page.after->uuid});
    offset = 0;
  }
  const std::string_view direction = page.oldest_first ? "ASC" : "DESC";
  const std::string order = page.sort_by == SortBy::updated ? fmt::format("f.saga_updated {0}, f.id {0}", direction)
                                                            : fmt::format("f.id {}", direction);
  Parameters parameters;
  const std::string from = from_flow(selection, parameters);
  const std::size_t limit_at = parameters.size() + 1;
  parameters.add(std::max<std::int64_t>(page.limit, 0)).add(offset);
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
  if (filter.order) {
    parameters.add(filter.order->uuid);
    conditions += fmt::format(" AND e.flow = {}::uuid", place());
  }
  std::string user;
  if (filter.user) {
    parameters.add(filter.user->uuid);
    user = place() + "::uuid";
  }
  const std::string order = " ORDER BY e.occurred_at DESC, e.sequence DESC LIMIT $1::bigint";
  const std::string of_user =
      user.empty() ? "" : fmt::format(" AND e.flow IN (SELECT id FROM flow WHERE user_id = {})", user);
  std::string sql;
  if (filter.order || (filter.type && is_rare(*filter.type))) {
    if (!filter.order) conditions += fmt::format(" AND {}", is_rare_event);
    sql = fmt::format("SELECT {} FROM event AS e WHERE true{}{}{}", event_columns, conditions, of_user, order);
  } else if (filter.requested_by_user && filter.type == EventType::stock_set) {  // such events belong to no flow
    sql = fmt::format("SELECT {} FROM event AS e WHERE e.flow = '{}'{}{}{}", event_columns, Uuid{}.text(), conditions,
                      of_user, order);
  } else {
    // A node's events are in the order of their times: the newest of all are among the newest of each node.
    const std::string newest = fmt::format(
        "SELECT e.* FROM node AS n CROSS JOIN LATERAL (SELECT e.* FROM event AS e WHERE e.node = n.no{} "
        "ORDER BY e.sequence DESC LIMIT $1::bigint) AS e",
        conditions + (user.empty()
                          ? ""
                          : fmt::format(" AND EXISTS (SELECT 1 FROM flow WHERE id = e.flow AND user_id = {})", user)));
    sql = user.empty() ? fmt::format("SELECT {} FROM ({}) AS e{}", event_columns, newest, order)
                       : fmt::format(
                             "SELECT {} FROM (SELECT e.* FROM event AS e WHERE (SELECT count(*) FROM (SELECT 1 "
                             "FROM flow WHERE user_id = {} LIMIT {}) AS f) <= {}{}{} UNION ALL SELECT e.* FROM "
                             "({}) AS e WHERE (SELECT count(*) FROM (SELECT 1 FROM flow WHERE user_id = {} "
                             "LIMIT {}) AS f) > {}) AS e{}",
                             event_columns, user, sql::few_flows + 1, sql::few_flows, conditions, of_user, newest, user,
                             sql::few_flows + 1, sql::few_flows, order);
  }
  connection.send({{}, sql}, parameters);
}

}  // namespace sagactl::postgres
