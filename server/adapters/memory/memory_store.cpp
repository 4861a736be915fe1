#include "server/adapters/memory/memory_store.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/memory/memory_database.hpp"
#include "server/ports/writer_errors.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl {
namespace memory {
Timestamp MemoryDatabase::now() const {
  return std::max(time_.now(), state_.last_time);
}

Timestamp MemoryDatabase::tick() {
  state_.last_time = std::max(time_.now(), state_.last_time + 1us);
  return state_.last_time;
}

Result<NodeRegistration> MemoryDatabase::register_node(const NodeName& name, const std::string& url, Duration lease) {
  const std::lock_guard lock(mutex_);
  NodeState& node = state_.nodes[name];
  ++node.epoch;
  node.url = url;
  node.lease_until = now() + lease;
  return NodeRegistration{{name, node.epoch}, node.last_sequence};
}

Result<void> MemoryDatabase::set_fingerprint(const NodeName& name, const std::string& fingerprint) {
  const std::lock_guard lock(mutex_);
  state_.nodes[name].fingerprint = fingerprint;
  return {};
}

Result<bool> MemoryDatabase::renew(const Writer& writer, Duration lease) {
  const std::lock_guard lock(mutex_);
  if (state_.is_fenced(writer)) return false;
  state_.nodes[writer.node].lease_until = now() + lease;
  return true;
}

Result<void> MemoryDatabase::resign(const Writer& writer) {
  const std::lock_guard lock(mutex_);
  if (state_.is_fenced(writer)) return {};
  NodeState& node = state_.nodes[writer.node];
  ++node.epoch;
  node.lease_until = std::min(node.lease_until, now());
  return {};
}

Loaded MemoryDatabase::load(const BatchKeys& keys) const {
  Loaded loaded;
  for (const OrderId id : std::set(keys.flows.begin(), keys.flows.end()))
    if (const FlowPointer found = state_.find(id)) {
      Flow& flow = loaded.flows.emplace_back(found->flow);
      if (!found->events.empty()) flow.writer = found->events.back()->node;
    }
  load_claims(keys.claims, loaded);
  load_stocks(keys.stocks, loaded);
  std::set<UserId> users(keys.users.begin(), keys.users.end());
  for (const std::string& email : keys.emails)
    if (const auto found = state_.user_by_email.find(email); found != state_.user_by_email.end())
      users.insert(found->second);
  for (const UserId id : users)
    if (const auto found = state_.users.find(id); found != state_.users.end()) loaded.users.push_back(found->second);
  std::set<std::pair<UserId, std::string>> replays;
  for (const ReplayKey& key : keys.replays) replays.emplace(key.user, key.key);
  for (const auto& key : replays)
    if (const auto found = state_.replays.find(key); found != state_.replays.end())
      loaded.replays.push_back(found->second);
  const BatchKeys more = dependent_keys(keys, loaded);
  load_claims(more.claims, loaded);
  load_stocks(more.stocks, loaded);
  for (const OrderId id : more.last_events)
    if (const FlowPointer found = state_.find(id); found && !found->events.empty())
      loaded.last_events.push_back({id, found->events.back()->node, found->events.back()->sequence});
  return loaded;
}

void MemoryDatabase::load_claims(const std::vector<KeyDigest>& keys, Loaded& loaded) const {
  for (const KeyDigest& key : std::set(keys.begin(), keys.end()))
    if (const auto found = state_.claims.find(key); found != state_.claims.end())
      loaded.claims.push_back(found->second);
}

void MemoryDatabase::load_stocks(const std::vector<StockKey>& keys, Loaded& loaded) const {
  for (const StockKey& key : std::set(keys.begin(), keys.end()))
    if (const auto found = state_.stocks.find(key); found != state_.stocks.end())
      loaded.stocks.push_back(found->second);
    else
      loaded.absent_stocks.push_back(key);
}

Result<Commit> MemoryDatabase::transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                        const std::function<Changes(Timestamp now)>& decide) {
  const std::lock_guard lock(mutex_);
  if (state_.is_fenced(writer)) return Commit::fenced;
  loaded = load(keys);
  const Timestamp before = state_.last_time;
  const Changes changes = decide(tick());
  MemoryBatch batch(state_);
  if (const auto written = batch.write(writer, changes); !written) {
    state_.last_time = before;
    return written.error();
  }
  return Commit::committed;
}

Result<bool> MemoryDatabase::has_event(const NodeName& node, std::int64_t sequence) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.nodes.find(node);
  return found != state_.nodes.end() && sequence > 0 && sequence <= found->second.last_sequence;
}

Result<std::vector<OrderId>> MemoryDatabase::adopt(const Writer& writer, Owners owners, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (state_.is_fenced(writer)) return writer_fenced(writer);
  const Owner owner{writer.node, writer.epoch};
  std::vector<OrderId> adopted;
  std::set<NodeName> run_out;
  if (owners == Owners::dead && state_.nodes[writer.node].lease_until <= now()) return writer_lease_expired(writer);
  for (const OrderId id : state_.open) {
    if (adopted.size() >= limit) break;
    const Owner& old = state_.find(id)->flow.saga->owner;
    if (old == owner || state_.is_live(old, now())) continue;
    const bool is_replaced = state_.is_fenced({old.node, old.epoch});
    if (!is_replaced && owners == Owners::replaced) continue;
    if (!is_replaced) run_out.insert(old.node);
    adopted.push_back(id);
  }
  for (const NodeName& node : run_out) ++state_.nodes[node].epoch;
  for (const OrderId id : adopted) {
    auto version = std::make_shared<FlowVersion>(*state_.find(id));
    version->flow.saga->owner = owner;
    state_.install(id, std::move(version));
  }
  return adopted;
}

Result<LeftBehind> MemoryDatabase::left_behind(const Writer& writer, Owners owners) {
  const std::lock_guard lock(mutex_);
  if (state_.is_fenced(writer)) return writer_fenced(writer);
  const Timestamp time = now();
  if (owners == Owners::dead && state_.nodes[writer.node].lease_until <= time) return writer_lease_expired(writer);
  const auto is_adoptable = [&](OrderId id) {
    const Owner& old = state_.find(id)->flow.saga->owner;
    if (old == Owner{writer.node, writer.epoch} || state_.is_live(old, time)) return false;
    return owners == Owners::dead || state_.is_fenced({old.node, old.epoch});
  };
  const auto has_backlog = [&](const auto& entry) {
    const auto& [name, node] = entry;
    return name != writer.node && node.lease_until <= time && node.published < node.last_sequence;
  };
  LeftBehind found;
  found.sagas = std::any_of(state_.open.begin(), state_.open.end(), is_adoptable);
  found.events = std::any_of(state_.nodes.begin(), state_.nodes.end(), has_backlog);
  for (const auto& [name, node] : state_.nodes) {
    if (name == writer.node || node.lease_until <= time) continue;
    const Duration left = node.lease_until - time;
    found.next_expiry = ++found.others == 1 ? left : std::min(found.next_expiry, left);
  }
  return found;
}

Result<std::vector<OrderId>> MemoryDatabase::due_flows(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<OrderId> expired;
  for (const auto& [at, order] : state_.expiring) {
    if (at > now() || expired.size() >= limit) break;
    expired.push_back(order);
  }
  return expired;
}

Result<std::vector<Backlog>> MemoryDatabase::backlogs(const Writer& writer) {
  const std::lock_guard lock(mutex_);
  std::vector<Backlog> backlogs;
  for (const auto& [name, node] : state_.nodes) {
    const bool is_left_behind = node.lease_until <= now() && node.published < node.last_sequence;
    if (name == writer.node || is_left_behind) backlogs.push_back({name, node.published, node.last_sequence});
  }
  return backlogs;
}

Result<std::vector<Event>> MemoryDatabase::events_after(const NodeName& node, std::int64_t sequence,
                                                        std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Event> events;
  const auto found = state_.nodes.find(node);
  if (found == state_.nodes.end()) return events;
  const std::vector<EventPointer>& all = found->second.events;
  for (std::size_t i = static_cast<std::size_t>(std::max<std::int64_t>(sequence, 0));
       i < all.size() && events.size() < limit; ++i)
    events.push_back(*all[i]);
  return events;
}

Result<std::int64_t> MemoryDatabase::published_through(const NodeName& node) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.nodes.find(node);
  return found == state_.nodes.end() ? 0 : found->second.published;
}

Result<void> MemoryDatabase::set_published(const Writer& writer, const std::vector<Backlog>& backlogs) {
  const std::lock_guard lock(mutex_);
  if (state_.is_fenced(writer)) return writer_fenced(writer);
  for (const Backlog& backlog : backlogs)
    if (const auto node = state_.nodes.find(backlog.node); node != state_.nodes.end())
      node->second.published = std::max(node->second.published, backlog.published);
  return {};
}

Result<PublishedDefinition> MemoryDatabase::publish(const std::string& name, const std::string& text) {
  if (const auto checked = check_publishable(name, text); !checked) return checked.error();
  const std::lock_guard lock(mutex_);
  std::vector<StoredDefinition>& versions = state_.definitions[name];
  const bool is_new = versions.empty() || versions.back().definition->text != text;
  if (is_new) {
    auto compiled = compile_definition(text, static_cast<int>(versions.size()) + 1);
    if (!compiled) return compiled.error();
    versions.push_back({std::move(*compiled), now()});
  }
  for (StoredDefinition& each : versions) each.is_retired = false;
  return PublishedDefinition{versions.back().definition->version, is_new};
}

Result<bool> MemoryDatabase::retire(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto versions = state_.definitions.find(name);
  if (versions == state_.definitions.end()) return false;
  for (StoredDefinition& each : versions->second) each.is_retired = true;
  return true;
}

Result<std::size_t> MemoryDatabase::forget_replays(Duration age, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::size_t forgotten = 0;
  auto& by_age = state_.replays_by_age;
  const Timestamp before = now() - age;
  while (forgotten < limit && !by_age.empty() && by_age.begin()->first < before) {
    state_.replays.erase(by_age.begin()->second);
    by_age.erase(by_age.begin());
    ++forgotten;
  }
  return forgotten;
}

Result<std::map<std::string, int>> MemoryDatabase::remember(const std::map<std::string, int>& there) {
  const std::lock_guard lock(mutex_);
  std::map<std::string, int> book;
  for (const auto& [name, partitions] : there) book[name] = topics_.try_emplace(name, partitions).first->second;
  return book;
}

}  // namespace memory

std::unique_ptr<MemoryStore> make_memory_store(Clock& clock) {
  return std::make_unique<memory::MemoryDatabase>(clock);
}

}  // namespace sagactl
