#include "server/adapters/postgres/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "server/adapters/postgres/event_table.hpp"
#include "server/adapters/postgres/flow_table.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::postgres {
namespace {

constexpr std::string_view is_open = "(f.saga_status IN (0, 3) OR f.order_status IN (0, 1))";

// Users with more flows than this are so common that their events are found sooner among the newest of all.
constexpr int few_flows = 1'000;

bool has_only(const std::vector<SagaStatus>& statuses, SagaStatus one, SagaStatus other) {
  return !statuses.empty() && std::all_of(statuses.begin(), statuses.end(), [&](SagaStatus status) {
    return status == one || status == other;
  });
}

std::string any_of(const std::vector<SagaStage>& stages) {
  std::vector<std::string> conditions;
  for (const SagaStage& stage : stages) {
    std::string condition = fmt::format("f.saga_status = {}", static_cast<int>(stage.status));
    if (stage.step) condition += fmt::format(" AND (f.steps::jsonb -> {} ->> 0)::integer IN (1, 4)", *stage.step);
    conditions.push_back(std::move(condition));
  }
  return fmt::format("({})", fmt::join(conditions, " OR "));
}

// Sagas of these types. Those of systems whose buyers have names of their own are found by an index.
void select_types(Selection& selection, const std::vector<std::string>& types) {
  std::vector<std::string> names;
  for (const SagaDefinition& definition : definitions())
    if (std::find(types.begin(), types.end(), definition.name) != types.end())
      names.push_back(fmt::format("'{}'", definition.name));
  if (names.empty()) {
    selection.where("false");
    return;
  }
  selection.where(fmt::format("f.definition IN (SELECT no FROM definition WHERE name IN ({}))", fmt::join(names, ", ")));
  if (std::find(types.begin(), types.end(), order_processing_saga) == types.end())
    selection.where("(f.customer IS NOT NULL OR f.order_status IS NULL)");
}

}  // namespace

Selection& Selection::where(std::string condition) {
  conditions_.push_back(std::move(condition));
  return *this;
}

Selection& Selection::where_numbered(std::string_view condition) {
  return where(fmt::format(fmt::runtime(condition), fmt::format("${}", parameters_.size())));
}

void Selection::send_page(Connection& connection, const Page& page) const {
  Selection all = *this;
  std::int64_t offset = std::max<std::int64_t>(page.offset, 0);
  if (page.after) {
    // Nothing comes after a flow that is not there.
    all.where("f.id < (SELECT id FROM flow WHERE id = {}::uuid)", page.after->uuid);
    offset = 0;
  }
  const std::string_view direction = page.oldest_first ? "ASC" : "DESC";
  const std::string order = page.sort_by == SortBy::updated ? fmt::format("f.saga_updated {0}, f.id {0}", direction)
                                                            : fmt::format("f.id {}", direction);
  const std::size_t limit_at = all.parameters_.size() + 1;
  all.parameters_.add(std::max<std::int64_t>(page.limit, 0)).add(offset);
  connection.send({{},
                   fmt::format("SELECT {} FROM flow AS f WHERE {} ORDER BY {} LIMIT ${}::bigint OFFSET ${}::bigint",
                               flow_columns(), fmt::join(all.conditions_, " AND "), order, limit_at, limit_at + 1)},
                  all.parameters_);
}

void Selection::send_count(Connection& connection) const {
  connection.send(
      {{}, fmt::format("SELECT count(*) FROM flow AS f WHERE {}", fmt::join(conditions_, " AND "))}, parameters_);
}

Selection select_orders(const OrderFilter& filter) {
  Selection selection;
  selection.where("f.order_status IS NOT NULL");
  if (filter.user) selection.where("f.user_id = {}::uuid", filter.user->uuid);
  if (!filter.types.empty()) select_types(selection, filter.types);
  if (filter.customer) selection.where("f.customer = {}", std::string_view(*filter.customer));
  if (!filter.status) return selection;
  selection.where(fmt::format("f.order_status = {}", static_cast<int>(*filter.status)));
  if (*filter.status == OrderStatus::pending || *filter.status == OrderStatus::processing)
    return selection.where(std::string(is_open));
  if (*filter.status != OrderStatus::paid) selection.where("f.order_status > 2");
  return selection;
}

Selection select_sagas(const SagaFilter& filter) {
  Selection selection;
  selection.where("f.saga_status IS NOT NULL");
  if (!filter.statuses.empty()) {
    std::vector<int> numbers;
    for (const SagaStatus status : filter.statuses) numbers.push_back(static_cast<int>(status));
    selection.where(fmt::format("f.saga_status IN ({})", fmt::join(numbers, ", ")));
    if (has_only(filter.statuses, SagaStatus::started, SagaStatus::compensating))
      selection.where(std::string(is_open));
    if (has_only(filter.statuses, SagaStatus::failed, SagaStatus::compensated))
      selection.where("f.saga_status IN (2, 4)");
  }
  if (filter.user) selection.where("f.user_id = {}::uuid", filter.user->uuid);
  if (filter.type) select_types(selection, {*filter.type});
  if (!filter.stages.empty()) selection.where(any_of(filter.stages));
  if (filter.node)
    selection.where("f.owner_node = coalesce((SELECT no FROM node WHERE name = {}), 0)",
                    std::string_view(*filter.node));
  if (!filter.error_contains.empty())
    selection.where("strpos(f.error, {}) > 0", std::string_view(filter.error_contains));
  if (filter.retries_over) selection.where("f.tries > {}::bigint", std::int64_t{*filter.retries_over});
  if (filter.created_before) selection.where("f.saga_created < {}::bigint", *filter.created_before);
  if (filter.updated_before) selection.where("f.saga_updated < {}::bigint", *filter.updated_before);
  if (filter.ids) {
    selection.where("f.id >= {}::uuid", filter.ids->first.uuid);
    selection.where("f.id <= {}::uuid", filter.ids->last.uuid);
  }
  return selection;
}

void send_event_search(Connection& connection, const EventFilter& filter) {
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
    if (!filter.order) conditions += fmt::format(" AND {}", is_seldom_event);
    sql = fmt::format("SELECT {} FROM event AS e WHERE true{}{}{}", event_columns, conditions, of_user, order);
  } else if (filter.requested_by_user && filter.type == EventType::stock_set) {  // such belong to no flow
    sql = fmt::format("SELECT {} FROM event AS e WHERE e.flow = '{}'{}{}{}", event_columns, Uuid{}.text(), conditions,
                      of_user, order);
  } else {
    // A node's events stand in the order of their times: the newest of each node are the ones to choose from.
    const std::string newest = fmt::format(
        "SELECT e.* FROM node AS n CROSS JOIN LATERAL (SELECT e.* FROM event AS e WHERE e.node = n.no{} "
        "ORDER BY e.sequence DESC LIMIT $1::bigint) AS e",
        conditions +
            (user.empty() ? ""
                          : fmt::format(" AND EXISTS (SELECT 1 FROM flow WHERE id = e.flow AND user_id = {})", user)));
    sql = user.empty() ? fmt::format("SELECT {} FROM ({}) AS e{}", event_columns, newest, order)
                       : fmt::format("SELECT {} FROM (SELECT e.* FROM event AS e WHERE (SELECT count(*) FROM (SELECT 1 "
                                     "FROM flow WHERE user_id = {} LIMIT {}) AS f) <= {}{}{} UNION ALL SELECT e.* FROM "
                                     "({}) AS e WHERE (SELECT count(*) FROM (SELECT 1 FROM flow WHERE user_id = {} "
                                     "LIMIT {}) AS f) > {}) AS e{}",
                                     event_columns, user, few_flows + 1, few_flows, conditions, of_user, newest, user,
                                     few_flows + 1, few_flows, order);
  }
  connection.send({{}, sql}, parameters);
}

}  // namespace sagactl::postgres
