#include "tests/simulation/unreliable_ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace sagactl::simulation {
namespace {

const Error database_unavailable{ErrorCode::unavailable, "simulated: the database is unavailable"};

template <class Call>
const std::string& account_of(const Call& call) {
  return call.payment_key.empty() ? call.key : call.payment_key;
}

}  // namespace

template <class Call>
auto UnreliableStore::unreliably(Call call) -> decltype(call()) {
  injector_.maybe_crash(true);
  if (injector_.happens(injector_.faults.store_unavailable)) return database_unavailable;
  auto result = call();
  injector_.maybe_crash(false);
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
    clock_.pass(commit_time_);
    if (!injector_.happens(injector_.faults.commit_in_doubt)) return store_.transact(writer, keys, loaded, decide);
    // The connection breaks during the commit, before or after the commit reaches the server.
    if (injector_.happens(0.5)) {
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
Result<LeftBehind> UnreliableStore::left_behind(const Writer& writer, Owners owners) {
  return unreliably([&] { return store_.left_behind(writer, owners); });
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
Result<PublishedDefinition> UnreliableStore::publish(const std::string& name, const std::string& text) {
  return unreliably([&] { return store_.publish(name, text); });
}
Result<bool> UnreliableStore::retire(const std::string& name) {
  return unreliably([&] { return store_.retire(name); });
}
Result<std::size_t> UnreliableStore::forget_replays(Duration age, std::size_t limit) {
  return unreliably([&] { return store_.forget_replays(age, limit); });
}

SimulatedProvider::CallResult SimulatedProvider::draw_result() {
  const Faults& faults = injector_.faults;
  if (injector_.happens(faults.gateway_unavailable)) return CallResult::unavailable;
  if (injector_.happens(faults.gateway_silent))
    return injector_.happens(0.5) ? CallResult::silent : CallResult::silent_with_effect;
  if (injector_.happens(faults.gateway_lost))
    return injector_.happens(0.5) ? CallResult::lost : CallResult::lost_with_effect;
  return CallResult::answered;
}

Duration SimulatedProvider::some_time(double share) {
  if (!injector_.happens(share)) return {};
  return Duration{static_cast<std::int64_t>(injector_.random.below(static_cast<std::uint64_t>(delay_max.count())))};
}

void SimulatedProvider::later(std::function<void()> answer) {
  const Duration delay = Duration{static_cast<std::int64_t>(injector_.random.below(20'000))};
  if (injector_.happens(injector_.faults.gateway_answers_twice))
    clock_.after(delay + some_time(injector_.faults.gateway_slow), answer);
  clock_.after(delay + some_time(injector_.faults.gateway_slow), std::move(answer));
}

void SimulatedProvider::take_charge(const std::string& name, const Charge& charge) {
  Account& account = accounts_[name];
  account.amount = charge.amount;
  if (account.charged || account.declined) return;
  const bool must_fail = charge.product_ids.at(0).find("PAYMENT_FAIL") != std::string::npos;
  account.declined = must_fail || injector_.happens(injector_.faults.gateway_declines);
  account.charged = !account.declined;
  account.found_from = clock_.steady() + some_time(injector_.faults.gateway_forgets);
}

void SimulatedProvider::charge(const Charge& charge, std::function<void(ChargeAnswer)> done) {
  const CallResult result = draw_result();
  if (result == CallResult::unavailable) return later([done] { done(Unavailable{"simulated: 503"}); });
  if (result == CallResult::silent) return later([done] { done(UnknownOutcome{"simulated: timed out"}); });
  if (result == CallResult::lost) return;
  if (result == CallResult::silent_with_effect) later([done] { done(UnknownOutcome{"simulated: timed out"}); });
  const auto arrive = [this, charge, done, result] {
    const std::string account = account_of(charge);
    take_charge(account, charge);
    if (result != CallResult::answered) return;
    later([done, charged = accounts_[account].charged, account] {
      if (charged)
        done(Charged{"tx-" + account});
      else
        done(Refused{"simulated: declined"});
    });
  };
  const Duration held_up = some_time(injector_.faults.gateway_delays_charge);
  if (held_up == Duration{})
    arrive();
  else
    clock_.after(held_up, arrive);
}

void SimulatedProvider::query(const std::string& key, std::function<void(QueryAnswer)> done) {
  const CallResult result = draw_result();
  if (result == CallResult::lost || result == CallResult::lost_with_effect) return;
  if (result != CallResult::answered) return later([done] { done(Unavailable{"simulated: no answer"}); });
  const auto account = accounts_.find(key);
  const bool is_found = account != accounts_.end() && clock_.steady() >= account->second.found_from;
  const bool charged = is_found && account->second.charged;
  const bool declined = is_found && account->second.declined;
  later([done, charged, declined, key] {
    if (charged)
      done(Charged{"tx-" + key});
    else if (declined)
      done(Refused{"simulated: declined"});
    else
      done(NotCharged{});
  });
}

void SimulatedProvider::refund(const std::string& key, Money, std::function<void(Outcome)> done) {
  const CallResult result = draw_result();
  if (result == CallResult::unavailable) return later([done] { done(Unavailable{"simulated: 503"}); });
  if (injector_.happens(injector_.faults.gateway_refuses_refunds))
    return later([done] { done(Refused{"simulated: the bank is closed"}); });
  if (result != CallResult::silent && result != CallResult::lost) accounts_.at(key).refunded = true;
  if (result == CallResult::lost || result == CallResult::lost_with_effect) return;
  if (result != CallResult::answered) return later([done] { done(UnknownOutcome{"simulated: timed out"}); });
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
  injector_.maybe_crash(true);
  provider_.charge(charge, guarded(std::move(done)));
  injector_.maybe_crash(false);
}
void UnreliableGateway::query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) {
  injector_.maybe_crash(true);
  provider_.query(account_of(charge), guarded(std::move(done)));
  injector_.maybe_crash(false);
}
void UnreliableGateway::refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) {
  injector_.maybe_crash(true);
  provider_.refund(account_of(charge), amount, guarded(std::move(done)));
  injector_.maybe_crash(false);
}

// As a reader that skips repeats sees the events. Commit times increase across all nodes.
void UnreliableBus::check_order(const Event& event) {
  Timestamp& newest = newest_[event.order];
  if (event.occurred_at < newest)
    overtaken.push_back(fmt::format("{} {} of flow {} was published after a later event of the flow", event.node,
                                    event.sequence, event.order.text()));
  newest = std::max(newest, event.occurred_at);
  int& version = versions_[{event.aggregate_type, event.aggregate}];
  if (event.version != version + 1)
    overtaken.push_back(fmt::format("version {} of {} {} was published after version {}", event.version,
                                    to_string(event.aggregate_type), event.aggregate.text(), version));
  version = event.version;
}

void UnreliableBus::publish(std::vector<Event> events, std::function<void(Result<void>)> done) {
  injector_.maybe_crash(true);
  const bool fails = injector_.happens(injector_.faults.bus_unavailable);
  // A broker that fails may have accepted a part.
  const std::size_t taken = fails ? injector_.random.below(events.size() + 1) : events.size();
  for (const Event& event : std::span(events).first(taken)) {
    std::int64_t& last = through[event.node];
    if (event.sequence > last + 1) gap = true;
    if (event.sequence > last && event.order != OrderId{}) check_order(event);
    last = std::max(last, event.sequence);
  }
  injector_.maybe_crash(false);
  if (fails)
    done(Error{ErrorCode::unavailable, "simulated: the bus is unavailable"});
  else
    done({});
}

}  // namespace sagactl::simulation
