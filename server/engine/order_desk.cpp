#include "server/engine/order_desk.hpp"

#include <utility>

namespace sagactl {
namespace {

constexpr Duration lock_ttl = 10s;
constexpr Duration lock_patience = 3s;

}  // namespace

OrderDesk::OrderDesk(Engine& engine, Lock& lock) : engine_(engine), lock_(lock) {}

void OrderDesk::place(PlaceOrder command, Completion done) {
  std::string key = command.idempotency_key;
  if (key.empty() && !command.key_only) key = default_idempotency_key(command.items);
  if (key.empty()) {
    engine_.submit(std::move(command), std::move(done));
    return;
  }
  Order order{std::move(command), std::move(done)};
  std::optional<LockGrant> shared;
  {
    const std::lock_guard lock(mutex_);
    const auto [counter, first] = counters_.try_emplace(key);
    if (counter->second.grant) {
      ++counter->second.inside;
      shared = counter->second.grant;
    } else {
      counter->second.waiting.push_back(std::move(order));
      if (!first) return;
    }
  }
  if (shared) {
    submit(key, *shared, std::move(order));
    return;
  }
  lock_.acquire("order:" + key, engine_.options().node, lock_ttl, lock_patience,
                [this, key](Result<LockGrant> grant) { granted(key, std::move(grant)); });
}

void OrderDesk::granted(const std::string& key, Result<LockGrant> grant) {
  std::vector<Order> orders;
  {
    const std::lock_guard lock(mutex_);
    const auto counter = counters_.find(key);
    orders.swap(counter->second.waiting);
    if (grant) {
      counter->second.grant = *grant;
      counter->second.inside = orders.size();
    } else {
      counters_.erase(counter);
    }
  }
  for (Order& order : orders) {
    if (grant) submit(key, *grant, std::move(order));
    else engine_.submit(std::move(order.command), std::move(order.done));
  }
}

void OrderDesk::submit(const std::string& key, const LockGrant& grant, Order order) {
  order.command.lock = grant;
  engine_.submit(std::move(order.command), [this, key, done = std::move(order.done)](Result<Receipt> receipt) {
    leave(key);
    done(std::move(receipt));
  });
}

void OrderDesk::leave(const std::string& key) {
  LockGrant grant;
  {
    const std::lock_guard lock(mutex_);
    const auto counter = counters_.find(key);
    if (--counter->second.inside > 0) return;
    grant = *counter->second.grant;
    counters_.erase(counter);
  }
  // A grant that has run out was taken over already: nothing to release.
  (void)lock_.release(grant);
}

}  // namespace sagactl
