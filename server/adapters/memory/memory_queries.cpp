#include <algorithm>
#include <functional>

#include "common/asked_trace_id.hpp"
#include "common/trace_id.hpp"
#include "server/adapters/memory/memory_database.hpp"
#include "server/participants/order.hpp"
#include "server/ports/saga_keys.hpp"

namespace sagactl::memory {
namespace {

bool matches(const OrderFilter& filter, const FlowVersion& version) {
  const Order& order = version.flow.order;
  return version.has_order && (!filter.user || order.user == *filter.user) &&
         (!filter.status || order.status == *filter.status) &&
         (!filter.customer || order.customer == *filter.customer) &&
         (!filter.orphaned || !version.flow.saga || is_terminal(version.flow.saga->status)) &&
         (filter.types.empty() || (version.flow.saga && std::find(filter.types.begin(), filter.types.end(),
                                                                  version.flow.saga->type) != filter.types.end()));
}

bool stands_at(const SagaStage& stage, const Saga& saga) {
  if (saga.status != stage.status) return false;
  if (!stage.step) return true;
  if (*stage.step >= saga.steps.size()) return false;
  const StepStatus step = saga.steps[*stage.step].status;
  return step == StepStatus::running || step == StepStatus::compensating;
}

bool has_step_in_progress(const Saga& saga, const std::string& name) {
  const SagaDefinition* definition = definition_of(saga);
  for (std::size_t i = 0; definition && i < std::min(saga.steps.size(), definition->steps.size()); ++i)
    if (definition->steps[i].name == name && is_in_progress(saga.steps[i])) return true;
  return false;
}

bool has_failed_step(const Saga& saga, const std::string& name) {
  const SagaDefinition* definition = definition_of(saga);
  for (std::size_t i = 0; definition && i < std::min(saga.steps.size(), definition->steps.size()); ++i) {
    const StepState& step = saga.steps[i];
    const bool has_failed =
        step.status == StepStatus::failed || (saga.status == SagaStatus::failed && is_in_progress(step));
    if (has_failed && definition->steps[i].name == name) return true;
  }
  return false;
}

bool has_participant(const Saga& saga, const std::string& name) {
  if (!saga.own_definition || find_definition(saga.type)) return false;
  const auto& participants = saga.own_definition->participants;
  return std::any_of(participants.begin(), participants.end(), [&](const auto& each) { return each.name == name; });
}

bool has_text(const Saga& saga, const std::string& text) {
  return saga.error.find(text) != std::string::npos || saga.key.find(text) != std::string::npos ||
         saga.input.find(text) != std::string::npos;
}

bool is_late(const Flow& flow, Timestamp since) {
  return flow.saga->updated_at < since && (has_order(flow) || (flow.saga->wake_at && *flow.saga->wake_at < since));
}

bool has_input(const Saga& saga, const std::vector<std::pair<std::string, std::string>>& input) {
  if (input.empty()) return true;
  const auto values = search_values(saga);
  return std::all_of(input.begin(), input.end(),
                     [&](const auto& each) { return std::find(values.begin(), values.end(), each) != values.end(); });
}

bool matches(const SagaFilter& filter, const FlowVersion& version) {
  if (!version.flow.saga) return false;
  const Saga& saga = *version.flow.saga;
  const auto& statuses = filter.statuses;
  return (!filter.user || (version.has_order && version.flow.order.user == *filter.user)) &&
         (!filter.type || saga.type == *filter.type) &&
         (statuses.empty() || std::find(statuses.begin(), statuses.end(), saga.status) != statuses.end()) &&
         (filter.stages.empty() || std::any_of(filter.stages.begin(), filter.stages.end(),
                                               [&](const SagaStage& stage) { return stands_at(stage, saga); })) &&
         (!filter.node || saga.owner.node == *filter.node) &&
         (filter.error_contains.empty() || saga.error.find(filter.error_contains) != std::string::npos) &&
         (filter.error_like.empty() || fits_pattern(saga.error, filter.error_like)) &&
         (!filter.failed_step || has_failed_step(saga, *filter.failed_step)) &&
         (!filter.participant || has_participant(saga, *filter.participant)) &&
         (filter.text.empty() || has_text(saga, filter.text)) &&
         (!filter.retries_over || tries_of_current_step(saga) > *filter.retries_over) &&
         (!filter.created_since || saga.created_at >= *filter.created_since) &&
         (!filter.created_before || saga.created_at < *filter.created_before) &&
         (!filter.late_since || is_late(version.flow, *filter.late_since)) &&
         (!filter.version || saga.definition_version == *filter.version) && (!filter.key || saga.key == *filter.key) &&
         (!filter.step || has_step_in_progress(saga, *filter.step)) && has_input(saga, filter.input) &&
         (!filter.ids || (version.flow.order.id >= filter.ids->first && version.flow.order.id <= filter.ids->last));
}

template <class Filter>
FlowPage list(const std::map<OrderId, FlowPointer>& flows, const Filter& filter, const Page& page) {
  FlowPage result;
  std::vector<FlowPointer> found;
  const bool is_after_known = page.after && flows.contains(*page.after);
  for (auto entry = flows.rbegin(); entry != flows.rend(); ++entry) {
    if (!matches(filter, *entry->second)) continue;
    ++result.total;
    if (!page.after || (is_after_known && entry->first < *page.after)) found.push_back(entry->second);
  }
  const auto updated = [](const FlowPointer& flow) {
    return flow->flow.saga ? flow->flow.saga->updated_at : flow->flow.order.updated_at;
  };
  if (page.sort_by == SortBy::updated && std::is_same_v<Filter, SagaFilter>)
    std::stable_sort(found.begin(), found.end(),
                     [&](const FlowPointer& a, const FlowPointer& b) { return updated(a) > updated(b); });
  if (page.oldest_first) std::reverse(found.begin(), found.end());
  const std::size_t first = page.after ? 0 : static_cast<std::size_t>(std::max<std::int64_t>(page.offset, 0));
  for (std::size_t i = first; i < found.size() && static_cast<std::int64_t>(result.flows.size()) < page.limit; ++i) {
    result.flows.push_back(found[i]->flow);
    result.flows.back().barriers.clear();
  }
  if (!page.count) result.total = -1;
  return result;
}

}  // namespace

Result<std::optional<Flow>> MemoryDatabase::flow(OrderId id) {
  const std::lock_guard lock(mutex_);
  const FlowPointer found = state_.find(id);
  return found ? std::optional(found->flow) : std::nullopt;
}

Result<std::optional<Flow>> MemoryDatabase::find_flow(const std::string& text) {
  const std::lock_guard lock(mutex_);
  FlowPointer found;
  if (const auto id = OrderId::parse(text)) found = state_.find(*id);
  if (!found) {
    const auto flows = state_.by_correlation.find(text);
    if (flows != state_.by_correlation.end() && !flows->second.empty()) found = state_.find(*flows->second.rbegin());
  }
  if (const auto trace = asked_trace_id(text); trace && !found) {
    found = state_.find(OrderId{uuid_of_trace(*trace)});
    for (auto flow = state_.flows.rbegin(); flow != state_.flows.rend() && !found; ++flow)
      if (const auto& saga = flow->second->flow.saga; saga && trace_id_of(saga->trace_parent) == trace)
        found = flow->second;
  }
  if (!found) {
    const auto claim = state_.claims.find(digest_of_key(text));
    if (claim != state_.claims.end()) found = state_.find(claim->second.order);
  }
  return found ? std::optional(found->flow) : std::nullopt;
}

Result<std::vector<Event>> MemoryDatabase::flow_events(OrderId id) {
  const std::lock_guard lock(mutex_);
  std::vector<Event> events;
  if (const FlowPointer found = state_.find(id))
    for (const EventPointer& event : found->events) events.push_back(*event);
  sort_by_time(events);
  return events;
}

Result<FlowPage> MemoryDatabase::orders(const OrderFilter& filter, const Page& page) {
  const std::lock_guard lock(mutex_);
  return list(state_.flows, filter, page);
}

Result<FlowPage> MemoryDatabase::sagas(const SagaFilter& filter, const Page& page) {
  const std::lock_guard lock(mutex_);
  return list(state_.flows, filter, page);
}

Result<std::vector<Event>> MemoryDatabase::events(const EventFilter& filter) {
  const std::lock_guard lock(mutex_);
  std::vector<Event> events;
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(filter.limit, 0));
  for (auto entry = state_.events.rbegin(); entry != state_.events.rend() && events.size() < limit; ++entry) {
    const Event& event = **entry;
    if (filter.type && event.type != *filter.type) continue;
    if (filter.order && event.order != *filter.order) continue;
    if (filter.since && event.occurred_at < *filter.since) continue;
    if (filter.requested_by_user && !event.metadata.starts_with(requested_by_prefix)) continue;
    if (filter.user) {
      const FlowPointer owner = state_.find(event.order);
      if (!owner || !owner->has_order || owner->flow.order.user != *filter.user) continue;
    }
    events.push_back(event);
  }
  return events;
}

Result<Counts> MemoryDatabase::counts() {
  const std::lock_guard lock(mutex_);
  Counts counts = state_.tally.counts();
  for (const auto& [name, node] : state_.nodes) counts.unpublished_events += node.last_sequence - node.published;
  return counts;
}

Result<std::vector<CallRecord>> MemoryDatabase::calls(SagaId id) {
  const std::lock_guard lock(mutex_);
  std::vector<CallRecord> calls;
  if (const FlowPointer found = state_.find(order_of(id)))
    for (const CallPointer& call : found->calls) calls.push_back(*call);
  return calls;
}

Result<std::optional<Flow>> MemoryDatabase::saga_by_key(const std::string& definition, const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto claim = state_.claims.find(digest_of_saga_key(definition, key));
  const FlowPointer found = claim == state_.claims.end() ? nullptr : state_.find(claim->second.order);
  return found && found->flow.saga ? std::optional(found->flow) : std::nullopt;
}

Result<std::optional<StoredDefinition>> MemoryDatabase::definition(const std::string& name,
                                                                   std::optional<int> version) {
  const std::lock_guard lock(mutex_);
  std::optional<StoredDefinition> found;
  if (const auto versions = state_.definitions.find(name); versions != state_.definitions.end())
    for (const StoredDefinition& each : versions->second)
      if (!version || each.definition->version == *version) found = each;
  return found;
}

Result<std::vector<StoredDefinition>> MemoryDatabase::definitions() {
  const std::lock_guard lock(mutex_);
  std::vector<StoredDefinition> all;
  for (const auto& [name, versions] : state_.definitions) all.insert(all.end(), versions.begin(), versions.end());
  return all;
}

Result<std::optional<Stock>> MemoryDatabase::stock(const StockKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.stocks.find(key);
  return found == state_.stocks.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<Stock>> MemoryDatabase::stocks(StockKind kind, const std::string& after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Stock> stocks;
  for (auto entry = state_.stocks.upper_bound({kind, after});
       entry != state_.stocks.end() && entry->first.kind == kind && stocks.size() < limit; ++entry)
    stocks.push_back(entry->second);
  return stocks;
}

Result<std::optional<User>> MemoryDatabase::user(UserId id) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.users.find(id);
  return found == state_.users.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<User>> MemoryDatabase::user_by_email(const std::string& email) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.user_by_email.find(email);
  return found == state_.user_by_email.end() ? std::nullopt : std::optional(state_.users.at(found->second));
}

Result<std::vector<User>> MemoryDatabase::users(const std::string& after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<User> users;
  for (auto entry = state_.user_by_email.upper_bound(after);
       entry != state_.user_by_email.end() && users.size() < limit; ++entry)
    users.push_back(state_.users.at(entry->second));
  return users;
}

Result<std::vector<User>> MemoryDatabase::rights_changed_since(Timestamp time) {
  const std::lock_guard lock(mutex_);
  std::vector<User> users;
  for (const auto& [id, user] : state_.users)
    if (user.rights_changed_at != Timestamp{} && user.rights_changed_at >= time) users.push_back(user);
  return users;
}

std::vector<NodeInfo> MemoryDatabase::node_infos() const {
  std::vector<NodeInfo> infos;
  for (const auto& [name, node] : state_.nodes)
    infos.push_back({name, node.url, node.epoch, node.lease_until, node.lease_until > now(), node.last_sequence,
                     node.published, node.fingerprint});
  return infos;
}

Result<std::vector<NodeInfo>> MemoryDatabase::nodes() {
  const std::lock_guard lock(mutex_);
  return node_infos();
}

Result<Timestamp> MemoryDatabase::database_time() {
  const std::lock_guard lock(mutex_);
  return now();
}

}  // namespace sagactl::memory
