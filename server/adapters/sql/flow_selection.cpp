#include "server/adapters/sql/flow_selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/crypto.hpp"
#include "server/ports/saga_keys.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/dtm_definition.hpp"

namespace sagactl::sql {
namespace {

constexpr const char* is_open = "(f.saga_status IN (0, 3) OR f.order_status IN (0, 1))";

void add(FlowSelection& selection, std::string text) {
  selection.conditions.push_back({std::move(text)});
}

template <class Value>
void add(FlowSelection& selection, std::string text, Value value) {
  selection.conditions.push_back({std::move(text), std::move(value)});
}

bool has_only(const std::vector<SagaStatus>& statuses, SagaStatus one, SagaStatus other) {
  return !statuses.empty() && std::all_of(statuses.begin(), statuses.end(),
                                          [&](SagaStatus status) { return status == one || status == other; });
}

bool contains(const auto& list, const auto& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Sagas of these types (empty: any), and of that version. Those without an order, and those of shops whose buyers have
// names of their own, are found by an index.
void add_types(FlowSelection& selection, const std::vector<std::string>& types, InternedNames& names,
               std::optional<int> version = std::nullopt) {
  const std::vector<std::int64_t> numbers = names.numbers_of_definitions(types, version);
  add(selection, numbers.empty() ? "FALSE" : fmt::format("f.definition IN ({})", fmt::join(numbers, ", ")));
  if (types.empty() || contains(types, order_processing_saga)) return;
  add(selection, "(f.customer IS NOT NULL OR f.order_status IS NULL)");
  selection.index = FlowIndex::definition;
}

void add_user(FlowSelection& selection, UserId user, const FlowDialect& dialect) {
  add(selection, fmt::format("f.{} = {{}}", dialect.user), user.uuid);
  selection.index = FlowIndex::user;
}

void add_stages(FlowSelection& selection, const std::vector<SagaStage>& stages, const FlowDialect& dialect) {
  std::vector<std::string> any;
  for (const SagaStage& stage : stages) {
    std::string condition = fmt::format("f.saga_status = {}", static_cast<int>(stage.status));
    if (stage.step)
      condition += fmt::format(" AND {} IN (1, 4)", fmt::format(fmt::runtime(dialect.step_status), *stage.step));
    any.push_back(std::move(condition));
  }
  add(selection, fmt::format("({})", fmt::join(any, " OR ")));
}

// SagaDefinition::key_space() of the definition of that name.
std::string_view key_space_of(std::string_view name) {
  return name == dtm_saga || name == dtm_message ? dtm_key_space : name;
}

std::string hex_of(const KeyDigest& digest) {
  return hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

// The condition `text` for the digests that `digest_of(name)` gives for the definitions that the filter admits.
template <class DigestOf>
void add_digests(FlowSelection& selection, std::string_view text, const SagaFilter& filter, InternedNames& names,
                 const FlowDialect& dialect, const DigestOf& digest_of) {
  std::vector<std::string> digests;
  std::vector<std::string> all = filter.type ? std::vector{*filter.type} : names.names_of_definitions();
  if (!filter.type) all.emplace_back(dtm_saga);  // never published: each came with its request
  for (const std::string& name : all)
    digests.push_back(fmt::format("{}'{}'", dialect.digest_prefix, hex_of(digest_of(name))));
  add(selection, digests.empty() ? "FALSE" : fmt::format(fmt::runtime(text), fmt::to_string(fmt::join(digests, ", "))));
  selection.index = FlowIndex::none;
}

// Sagas of users' published definitions with that participant.
void add_participant(FlowSelection& selection, const std::string& name, InternedNames& names) {
  std::vector<std::int64_t> numbers;
  for (const std::int64_t number : names.numbers_of_definitions({})) {
    const DefinitionPointer definition = names.published(number);
    if (definition && std::any_of(definition->participants.begin(), definition->participants.end(),
                                  [&](const auto& each) { return each.name == name; }))
      numbers.push_back(number);
  }
  add(selection, numbers.empty() ? "FALSE" : fmt::format("f.definition IN ({})", fmt::join(numbers, ", ")));
}

// What only users' sagas have.
void add_own(FlowSelection& selection, const SagaFilter& filter, InternedNames& names, const FlowDialect& dialect) {
  if (filter.step) add(selection, std::string(dialect.step_is_open), *filter.step);
  if (filter.participant) add_participant(selection, *filter.participant, names);
  if (filter.key) {
    add_digests(selection, dialect.claims, filter, names, dialect,
                [&](const std::string& name) { return digest_of_saga_key(key_space_of(name), *filter.key); });
    add(selection, "f.saga_key = {}", *filter.key);
  }
  for (const auto& [path, value] : filter.input)
    add_digests(selection, dialect.has_input, filter, names, dialect,
                [&at = path, &wanted = value](const std::string& name) { return search_key(name, at, wanted); });
}

}  // namespace

FlowSelection select_orders(const OrderFilter& filter, InternedNames& names, const FlowDialect& dialect) {
  FlowSelection selection;
  add(selection, "f.order_status IS NOT NULL");
  if (!filter.types.empty()) add_types(selection, filter.types, names);
  if (filter.user) add_user(selection, *filter.user, dialect);
  if (filter.customer) {
    add(selection, "f.customer IS NOT NULL");
    add(selection, "f.customer = {}", *filter.customer);
    selection.index = FlowIndex::customer;
  }
  if (filter.orphaned) add(selection, "(f.saga_status IS NULL OR f.saga_status NOT IN (0, 3))");
  if (!filter.status) return selection;
  add(selection, fmt::format("f.order_status = {}", static_cast<int>(*filter.status)));
  if (*filter.status == OrderStatus::paid) return selection;
  const bool is_open_status = *filter.status == OrderStatus::pending || *filter.status == OrderStatus::processing;
  add(selection, is_open_status ? is_open : "f.order_status > 2");
  const bool has_index = filter.user || filter.customer || !filter.types.empty();
  if (!has_index) selection.index = is_open_status ? FlowIndex::open : FlowIndex::order_closed;
  return selection;
}

FlowSelection select_sagas(const SagaFilter& filter, InternedNames& names, const FlowDialect& dialect) {
  FlowSelection selection;
  add(selection, "f.saga_status IS NOT NULL");
  if (!filter.statuses.empty()) {
    std::vector<int> numbers;
    for (const SagaStatus status : filter.statuses) numbers.push_back(static_cast<int>(status));
    add(selection, fmt::format("f.saga_status IN ({})", fmt::join(numbers, ", ")));
    if (has_only(filter.statuses, SagaStatus::started, SagaStatus::compensating)) {
      add(selection, is_open);
      selection.index = FlowIndex::open;
    }
    if (has_only(filter.statuses, SagaStatus::failed, SagaStatus::compensated)) {
      add(selection, "f.saga_status IN (2, 4)");
      selection.index = FlowIndex::saga_undone;
    }
  }
  if (filter.user) add_user(selection, *filter.user, dialect);
  if (filter.type || filter.version)
    add_types(selection, filter.type ? std::vector{*filter.type} : std::vector<std::string>{}, names, filter.version);
  if (!filter.stages.empty()) add_stages(selection, filter.stages, dialect);
  if (filter.node)
    add(selection, "f.owner_node = {}", filter.node->empty() ? std::int64_t{0} : names.find_node(*filter.node));
  if (!filter.error_contains.empty())
    add(selection, fmt::format("{}(f.error, {{}}) > 0", dialect.text_position), filter.error_contains);
  if (!filter.error_like.empty())
    add(selection, std::string(dialect.error_like), dialect.like_pattern(filter.error_like));
  if (filter.failed_step) add(selection, std::string(dialect.step_has_failed), *filter.failed_step);
  if (!filter.text.empty())
    add(selection,
        fmt::format("{}(coalesce(f.error, '') || '\n' || coalesce(f.saga_key, '') || '\n' || coalesce(f.input, ''), "
                    "{{}}) > 0",
                    dialect.text_position),
        filter.text);
  if (filter.retries_over) add(selection, "f.tries > {}", std::int64_t{*filter.retries_over});
  if (filter.created_since) add(selection, "f.saga_created >= {}", filter.created_since->us);
  if (filter.created_before) add(selection, "f.saga_created < {}", filter.created_before->us);
  if (filter.late_since) {
    add(selection, "f.saga_updated < {}", filter.late_since->us);
    add(selection, "(f.order_status IS NOT NULL OR f.wake_at < {})", filter.late_since->us);
  }
  if (filter.ids) {
    add(selection, "f.id >= {}", filter.ids->first.uuid);
    add(selection, "f.id <= {}", filter.ids->last.uuid);
    selection.index = FlowIndex::id;
  }
  add_own(selection, filter, names, dialect);
  return selection;
}

bool has_counted_total(const OrderFilter& filter) {
  return !filter.user && !filter.customer && filter.types.empty() && !filter.orphaned;
}

bool has_counted_total(const SagaFilter& filter) {
  return !filter.user && filter.stages.empty() && !filter.node && filter.error_contains.empty() &&
         filter.error_like.empty() && !filter.failed_step && !filter.participant && filter.text.empty() &&
         !filter.retries_over && !filter.created_since && !filter.created_before && !filter.late_since && !filter.ids &&
         !filter.version && !filter.key && !filter.step && filter.input.empty();
}

std::int64_t counted_total(const OrderFilter& filter, const Counts& counts) {
  std::int64_t total = 0;
  for (const auto& [status, n] : counts.orders)
    if (!filter.status || status == *filter.status) total += n;
  return total;
}

std::int64_t counted_total(const SagaFilter& filter, const Counts& counts) {
  std::int64_t total = 0;
  for (const auto& [key, n] : counts.sagas)
    if ((!filter.type || key.first == *filter.type) &&
        (filter.statuses.empty() || contains(filter.statuses, key.second)))
      total += n;
  return total;
}

}  // namespace sagactl::sql
