#include "server/api/operations/saga_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/text/text.hpp"
#include "server/api/id_range.hpp"
#include "server/api/operations/render_trace.hpp"
#include "server/api/read_flow.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::string_view input_prefix = "input.";

const std::vector<std::string>& filter_names() {
  static const std::vector<std::string> names = {"id",        "status", "status[]",   "type",        "definition",
                                                 "version",   "step",   "failedStep", "participant", "error",
                                                 "errorLike", "text",   "key",        "node",        "retriesOver",
                                                 "olderThan", "since",  "until",      "stuck"};
  return names;
}

bool may_repeat(std::string_view filter) {
  return filter == "status" || filter == "status[]";
}

// The filters for users' sagas. A merchant sees those of every user, of a definition that is named.
void read_users_saga_filter(SagaFilter& filter, QueryReader& query, const http::Request& request) {
  if (auto definition = query.text("definition"); !definition.empty()) {
    if (filter.type && *filter.type != definition) query.fault("definition and type must not differ");
    if (!find_definition(definition) && actor_of(request).role == Role::merchant) filter.user.reset();
    filter.type = std::move(definition);
  }
  if (request.query_value("version")) filter.version = static_cast<int>(query.integer("version", 1, 1, 1'000'000'000));
  if (auto participant = query.text("participant"); !participant.empty()) filter.participant = std::move(participant);
  if (auto step = query.text("step"); !step.empty()) filter.step = std::move(step);
  if (auto key = query.text("key"); !key.empty()) filter.key = std::move(key);
  for (const auto& [name, value] : request.query)
    if (name.starts_with(input_prefix)) filter.input.emplace_back(name.substr(input_prefix.size()), value);
}

// So many digits are the beginning of an id where there is one that begins so. Fewer are a part of a text.
constexpr std::size_t id_digits_min = 8;

// What the text names: one saga, or those whose ids begin with it. None: it is a part of a text.
Result<std::optional<IdRange>> named_by(Queries& queries, const std::string& text) {
  const auto named = find_named_flow(queries, text);
  if (!named) return named.error();
  if (*named) return std::optional(IdRange{(*named)->order.id, (*named)->order.id});
  SagaFilter beginning;
  if (after_saga_prefix(text).size() >= id_digits_min) beginning.ids = ids_beginning_with(text);
  if (!beginning.ids) return std::optional<IdRange>();
  Page first;
  first.limit = 1;
  first.count = false;
  const auto found = queries.sagas(beginning, first);
  if (!found) return found.error();
  return found->flows.empty() ? std::optional<IdRange>() : beginning.ids;
}

}  // namespace

bool needs_time(const http::Request& request) {
  return request.query_value("olderThan") || request.query_value("stuck");
}

std::vector<std::string> wrong_filters(const http::Request& request, std::span<const std::string_view> others) {
  std::vector<std::string> faults;
  std::set<std::string_view> seen;
  for (const auto& [name, value] : request.query) {
    if (!seen.insert(name).second && !may_repeat(name) &&
        std::count(filter_names().begin(), filter_names().end(), name))
      faults.push_back(fmt::format("{} must be given once; only status can have several values", name));
    if (name.starts_with(input_prefix) || std::count(filter_names().begin(), filter_names().end(), name) > 0 ||
        std::count(others.begin(), others.end(), name) > 0)
      continue;
    const std::string known = nearest(name, filter_names());
    faults.push_back(fmt::format("{} is not a filter of sagas{}", name,
                                 known.empty() ? std::string() : fmt::format("; did you mean {}?", known)));
  }
  return faults;
}

SagaFilter read_saga_filter(QueryReader& query, const http::Request& request, Timestamp now) {
  SagaFilter filter;
  filter.user = owner_filter(request);
  filter.statuses = query.any_of<SagaStatus>("status");
  filter.error_contains = query.text("error");
  filter.error_like = query.text("errorLike");
  if (auto step = query.text("failedStep"); !step.empty()) filter.failed_step = std::move(step);
  filter.text = query.text("text");
  if (auto type = query.text("type"); !type.empty()) filter.type = std::move(type);
  if (auto node = query.text("node"); !node.empty()) filter.node = std::move(node);
  if (request.query_value("retriesOver"))
    filter.retries_over = static_cast<int>(query.integer("retriesOver", 0, 0, 1'000'000));
  filter.created_since = query.time("since");
  filter.created_before = query.time("until");
  if (const auto age = query.duration("olderThan")) {
    if (filter.created_before) query.fault("until and olderThan must not be given together");
    filter.created_before = now - *age;
  }
  filter.ids = query.ids("id");
  read_users_saga_filter(filter, query, request);
  if (query.boolean("stuck")) {
    if (filter.statuses.empty()) filter.statuses = {SagaStatus::started, SagaStatus::compensating};
    filter.late_since = now - stuck_after;
  }
  return filter;
}

Result<FlowPage> find_sagas(Queries& queries, SagaFilter filter, const Page& page) {
  if (!filter.text.empty()) {
    const auto named = named_by(queries, filter.text);
    if (!named) return named.error();
    if (*named) {
      const IdRange given = filter.ids.value_or(**named);
      filter.ids = IdRange{std::max(given.first, (*named)->first), std::min(given.last, (*named)->last)};
      filter.text.clear();
    }
  }
  return queries.sagas(filter, page);
}

}  // namespace sagactl::api
