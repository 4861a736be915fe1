#include "tests/simulation/ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace sagactl::simulation {
namespace {

const Error away{ErrorCode::unavailable, "simulated: the database is away"};

template <class Call>
const std::string& account_of(const Call& call) {
  return call.payment_key.empty() ? call.key : call.payment_key;
}

}  // namespace

template <class Call>
auto UnreliableStore::unreliably(Call call) -> decltype(call()) {
  chance_.maybe_crash(true);
  if (chance_.happens(chance_.faults.store_away)) return away;
  auto result = call();
  chance_.maybe_crash(false);
  return result;
}

Result<NodeRegistration> UnreliableStore::register_node(const NodeName& name, const std::string& url, Duration lease) {
  return unreliably([&] { return store_.register_node(name, url, lease); });
}
Result<bool> UnreliableStore::renew(const Writer& writer, Duration lease) {
  return unreliably([&] { return store_.renew(writer, lease); });
}
Result<void> UnreliableStore::resign(const Writer& writer) {
  return unreliably([&] { return store_.resign(writer); });
}
Result<Commit> UnreliableStore::transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                         const std::function<Changes(Timestamp now)>& decide) {
  return unreliably([&]() -> Result<Commit> {
    if (!chance_.happens(chance_.faults.commit_in_doubt)) return store_.transact(writer, keys, loaded, decide);
    // The connection breaks while the commit is under way: it arrives, or it does not.
    if (chance_.happens(0.5)) {
      const auto commit = store_.transact(writer, keys, loaded, decide);
      if (!commit || *commit == Commit::fenced) return commit;
    }
    return Error{ErrorCode::unknown_outcome, "simulated: the answer to a commit was lost"};
  });
}
Result<bool> UnreliableStore::has_event(const NodeName& node, std::int64_t sequence) {
  return unreliably([&] { return store_.has_event(node, sequence); });
}
Result<std::vector<OrderId>> UnreliableStore::adopt(const Writer& writer, Owners owners, std::size_t limit) {
  return unreliably([&] { return store_.adopt(writer, owners, limit); });
}
Result<std::vector<OrderId>> UnreliableStore::due_flows(std::size_t limit) {
  return unreliably([&] { return store_.due_flows(limit); });
}
Result<std::vector<Backlog>> UnreliableStore::backlogs(const Writer& writer) {
  return unreliably([&] { return store_.backlogs(writer); });
}
Result<std::vector<Event>> UnreliableStore::events_after(const NodeName& node, std::int64_t sequence,
                                                         std::size_t limit) {
  return unreliably([&] { return store_.events_after(node, sequence, limit); });
}
Result<std::int64_t> UnreliableStore::published_through(const NodeName& node) {
  return unreliably([&] { return store_.published_through(node); });
}
Result<void> UnreliableStore::set_published(const Writer& writer, const std::vector<Backlog>& backlogs) {
  return unreliably([&] { return store_.set_published(writer, backlogs); });
}
Result<std::size_t> UnreliableStore::forget_replays(Duration age, std::size_t limit) {
  return unreliably([&] { return store_.forget_replays(age, limit); });
}

Provider::Fate Provider::fate() {
  const Faults& faults = chance_.faults;
  if (chance_.happens(faults.gateway_away)) return Fate::away;
  if (chance_.happens(faults.gateway_silent)) return chance_.happens(0.5) ? Fate::silent : Fate::silent_with_effect;
  if (chance_.happens(faults.gateway_lost)) return chance_.happens(0.5) ? Fate::lost : Fate::lost_with_effect;
  return Fate::answered;
}

Duration Provider::some_time(double share) {
  if (!chance_.happens(share)) return {};
  return Duration{static_cast<std::int64_t>(chance_.random.below(static_cast<std::uint64_t>(held_up_max.count())))};
}

void Provider::later(std::function<void()> answer) {
  const Duration delay = Duration{static_cast<std::int64_t>(chance_.random.below(20'000))};
  if (chance_.happens(chance_.faults.gateway_answers_twice))
    clock_.after(delay + some_time(chance_.faults.gateway_slow), answer);
  clock_.after(delay + some_time(chance_.faults.gateway_slow), std::move(answer));
}

void Provider::take_charge(const std::string& name, const Charge& charge) {
  Account& account = accounts_[name];
  account.amount = charge.amount;
  if (account.charged || account.declined) return;
  const bool must_fail = charge.product_ids.at(0).find("PAYMENT_FAIL") != std::string::npos;
  account.declined = must_fail || chance_.happens(chance_.faults.gateway_declines);
  account.charged = !account.declined;
  account.found_from = clock_.steady() + some_time(chance_.faults.gateway_forgets);
}

void Provider::charge(const Charge& charge, std::function<void(ChargeAnswer)> done) {
  const Fate fate = this->fate();
  if (fate == Fate::away) return later([done] { done(Unavailable{"simulated: 503"}); });
  if (fate == Fate::silent) return later([done] { done(UnknownOutcome{"simulated: timed out"}); });
  if (fate == Fate::lost) return;
  if (fate == Fate::silent_with_effect) later([done] { done(UnknownOutcome{"simulated: timed out"}); });
  const auto arrive = [this, charge, done, fate] {
    const std::string account = account_of(charge);
    take_charge(account, charge);
    if (fate != Fate::answered) return;
    later([done, charged = accounts_[account].charged, account] {
      if (charged) done(Charged{"tx-" + account});
      else done(Refused{"simulated: declined"});
    });
  };
  const Duration held_up = some_time(chance_.faults.gateway_held_up);
  if (held_up == Duration{}) arrive();
  else clock_.after(held_up, arrive);
}

void Provider::query(const std::string& key, std::function<void(QueryAnswer)> done) {
  const Fate fate = this->fate();
  if (fate == Fate::lost || fate == Fate::lost_with_effect) return;
  if (fate != Fate::answered) return later([done] { done(Unavailable{"simulated: no answer"}); });
  const auto account = accounts_.find(key);
  const bool is_found = account != accounts_.end() && clock_.steady() >= account->second.found_from;
  const bool charged = is_found && account->second.charged;
  const bool declined = is_found && account->second.declined;
  later([done, charged, declined, key] {
    if (charged) done(Charged{"tx-" + key});
    else if (declined) done(Refused{"simulated: declined"});
    else done(NotCharged{});
  });
}

void Provider::refund(const std::string& key, Money, std::function<void(Outcome)> done) {
  const Fate fate = this->fate();
  if (fate == Fate::away) return later([done] { done(Unavailable{"simulated: 503"}); });
  if (chance_.happens(chance_.faults.gateway_refuses_refunds))
    return later([done] { done(Refused{"simulated: the bank is closed"}); });
  if (fate != Fate::silent && fate != Fate::lost) accounts_.at(key).refunded = true;
  if (fate == Fate::lost || fate == Fate::lost_with_effect) return;
  if (fate != Fate::answered) return later([done] { done(UnknownOutcome{"simulated: timed out"}); });
  later([done] { done(Succeeded{}); });
}

template <class Answer>
std::function<void(Answer)> UnreliableGateway::guarded(std::function<void(Answer)> done) {
  return [this, done = std::move(done)](Answer answer) {
    try {
      done(std::move(answer));
    } catch (const Crash&) {
      on_crash_();
    }
  };
}

void UnreliableGateway::charge(const Charge& charge, std::function<void(ChargeAnswer)> done) {
  chance_.maybe_crash(true);
  provider_.charge(charge, guarded(std::move(done)));
  chance_.maybe_crash(false);
}
void UnreliableGateway::query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) {
  chance_.maybe_crash(true);
  provider_.query(account_of(charge), guarded(std::move(done)));
  chance_.maybe_crash(false);
}
void UnreliableGateway::refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) {
  chance_.maybe_crash(true);
  provider_.refund(account_of(charge), amount, guarded(std::move(done)));
  chance_.maybe_crash(false);
}

// What a reader sees that passes over repeats. Times of commits increase over all nodes.
void UnreliableBus::check_order(const Event& event) {
  Timestamp& newest = newest_[event.order];
  if (event.occurred_at < newest)
    overtaken.push_back(fmt::format("{} {} of flow {} came after a later event of it", event.node, event.sequence,
                                    event.order.text()));
  newest = std::max(newest, event.occurred_at);
  int& version = versions_[{event.aggregate_type, event.aggregate}];
  if (event.version != version + 1)
    overtaken.push_back(fmt::format("version {} of {} {} came after version {}", event.version,
                                    to_string(event.aggregate_type), event.aggregate.text(), version));
  version = event.version;
}

void UnreliableBus::publish(std::vector<Event> events, std::function<void(Result<void>)> done) {
  chance_.maybe_crash(true);
  const bool fails = chance_.happens(chance_.faults.bus_away);
  // A broker that fails may have taken a part.
  const std::size_t taken = fails ? chance_.random.below(events.size() + 1) : events.size();
  for (const Event& event : std::span(events).first(taken)) {
    std::int64_t& last = through[event.node];
    if (event.sequence > last + 1) gap = true;
    if (event.sequence > last && event.order != OrderId{}) check_order(event);
    last = std::max(last, event.sequence);
  }
  chance_.maybe_crash(false);
  if (fails) done(Error{ErrorCode::unavailable, "simulated: the bus is away"});
  else done({});
}

}  // namespace sagactl::simulation
