// GET /ui/live: what a page shows, again whenever it has changed.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "server/api/operations/saga_list.hpp"
#include "server/api/pages/handlers.hpp"
#include "server/api/pages/live_views.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/routes.hpp"
#include "server/api/statistics/handlers.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t rows_max = 100;
constexpr std::size_t sagas_max = 100;
// How many sagas match is counted again once this many times as long as it took has passed: it may cost more than the
// page.
constexpr int rests_of_count = 100;

struct PageQuery {
  std::vector<OrderId> sagas;  // empty: a list
  bool statistics = false;
  std::string definition;
};

Result<PageQuery> read_page_query(const Request& request) {
  QueryReader query(request);
  PageQuery page;
  page.statistics = query.boolean("statistics");
  page.definition = query.text("definition");
  for (const std::string_view text : request.query_values("saga")) {
    if (const auto id = Uuid::parse(text)) {
      page.sagas.push_back(OrderId{*id});
    } else {
      query.fault("each saga must be a UUID");
    }
  }
  if (page.sagas.size() > sagas_max) query.fault("at most 100 sagas are followed at a time");
  if (page.statistics && !page.sagas.empty()) query.fault("saga and statistics must not be given together");
  if (const auto valid = query.finish(); !valid) return valid.error();
  return page;
}

// All of the query, and who asks: what decides what is read.
std::string key_of(std::string_view kind, const Request& request) {
  const auto user = owner_filter(request);
  Json key = Json::array({kind, request.caller->role, user ? user->text() : std::string()});
  for (const auto& [name, value] : request.query) key.push_back(Json::array({name, value}));
  return json_text(key);
}

LiveViews::Source list_source(Context& context, const Request& request, SagaList list) {
  struct LastCount {
    std::int64_t total = 0;
    SteadyTime due_at{};
  };
  auto read = [&context, list = std::move(list), last = LastCount()]() mutable -> Result<std::string> {
    const SteadyTime began = context.clock.steady();
    const bool counts = began >= last.due_at;
    auto found = list.find(context.queries, counts);
    if (!found) return found.error();
    const SteadyTime ended = context.clock.steady();
    if (counts) last = {found->total, ended + (ended - began) * rests_of_count};
    found->total = std::max(last.total, static_cast<std::int64_t>(found->flows.size()));
    return list.text(*found);
  };
  return {key_of("sagas", request), "sagas", std::move(read)};
}

LiveViews::Source statistics_source(Context& context, std::string definition) {
  std::string key = json_text(Json::array({"statistics", definition}));
  auto read = [&context, definition = std::move(definition)]() -> Result<std::string> {
    auto statistics = shared_statistics(context, definition);
    if (!statistics) return statistics.error();
    statistics->erase("at");  // which changes although nothing has
    return json_text(*statistics);
  };
  return {std::move(key), "statistics", std::move(read)};
}

// The number of events that there are of a flow.
int changes_of(const Flow& flow) {
  int changes = flow.order.version + (flow.saga ? flow.saga->version : 0);
  for (const Payment& payment : flow.payments) changes += payment.version;
  for (const Reservation& reservation : flow.reservations) changes += reservation.version;
  return changes;
}

LiveViews::Source states_source(Context& context, const Request& request, std::vector<OrderId> sagas) {
  auto read = [&context, actor = actor_of(request), sagas = std::move(sagas)]() -> Result<std::string> {
    Json states = Json::array();
    for (const OrderId& id : sagas) {
      const auto flow = context.queries.flow(id);
      if (!flow) return flow.error();
      if (!*flow || !(*flow)->saga || !may_see(actor, **flow)) continue;
      states.push_back(Json{{"id", id.text()},
                            {"status", to_string((*flow)->saga->status)},
                            {"version", (*flow)->saga->version},
                            {"changes", changes_of(**flow)}});
    }
    return json_text(states);
  };
  return {key_of("states", request), "states", std::move(read)};
}

}  // namespace

Answer follow_page(Context& context, Request& request) {
  auto page = read_page_query(request);
  if (!page) return page.error();
  std::vector<LiveViews::Source> sources;
  if (!page->sagas.empty()) {
    sources.push_back(states_source(context, request, std::move(page->sagas)));
  } else {
    constexpr std::array<std::string_view, 1> other_names = {"statistics"};
    auto list = SagaList::parse(request, other_names);
    if (!list) return list.error();
    if (list->limit() > rows_max) return Error{ErrorCode::invalid, "limit must not be greater than 100"};
    if (page->statistics && !request.caller->is_admin())
      return Error{ErrorCode::forbidden, "Forbidden resource: statistics are for admins"};
    sources.push_back(list_source(context, request, std::move(*list)));
    if (page->statistics) sources.push_back(statistics_source(context, std::move(page->definition)));
  }
  return context.live->subscribe(std::move(sources), stays_authenticated(context, request));
}

}  // namespace sagactl::api
