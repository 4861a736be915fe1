#include "server/engine/order_desk.hpp"

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sagactl {
namespace {

constexpr Duration lock_ttl = 10s;
constexpr Duration lock_patience = 3s;

}  // namespace

class OrderDesk::Counters : public std::enable_shared_from_this<Counters> {
 public:
  Counters(Engine& engine, Lock& lock) : engine_(engine), lock_(lock) {}

  void place(PlaceOrder command, Completion done);

 private:
  struct Waiting {
    PlaceOrder command;
    Completion done;
  };
  // The orders of one key.
  struct Counter {
    std::optional<LockGrant> grant;  // none: it has been asked for
    std::size_t inside = 0;          // submitted under the grant
    std::vector<Waiting> waiting;    // for the grant
  };

  void granted(const std::string& key, Result<LockGrant> grant);
  void submit(const std::string& key, const LockGrant& grant, Waiting order);
  void leave(const std::string& key);

  Engine& engine_;
  Lock& lock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Counter> counters_;
};

void OrderDesk::Counters::place(PlaceOrder command, Completion done) {
  std::string key = command.idempotency_key;
  if (key.empty() && !command.key_only) key = default_idempotency_key(command.items);
  if (key.empty()) {
    engine_.submit(std::move(command), std::move(done));
    return;
  }
  Waiting order{std::move(command), std::move(done)};
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
                [self = weak_from_this(), key](Result<LockGrant> grant) {
                  if (const auto desk = self.lock()) desk->granted(key, std::move(grant));
                });
}

void OrderDesk::Counters::granted(const std::string& key, Result<LockGrant> grant) {
  std::vector<Waiting> orders;
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
  for (Waiting& order : orders) {
    if (grant) submit(key, *grant, std::move(order));
    else engine_.submit(std::move(order.command), std::move(order.done));
  }
}

void OrderDesk::Counters::submit(const std::string& key, const LockGrant& grant, Waiting order) {
  if (grant.for_all) order.command.lock = grant;
  engine_.submit(std::move(order.command),
                 [self = weak_from_this(), key, done = std::move(order.done)](Result<Receipt> receipt) {
                   if (const auto desk = self.lock()) desk->leave(key);
                   done(std::move(receipt));
                 });
}

void OrderDesk::Counters::leave(const std::string& key) {
  LockGrant grant;
  {
    const std::lock_guard lock(mutex_);
    const auto counter = counters_.find(key);
    if (--counter->second.inside > 0) return;
    grant = *counter->second.grant;
    counters_.erase(counter);
  }
  // A grant that has run out was taken over already, and one that cannot be released will run out.
  lock_.release(grant, [](const Result<bool>&) {});
}

OrderDesk::OrderDesk(Engine& engine, Lock& lock) : counters_(std::make_shared<Counters>(engine, lock)) {}
OrderDesk::~OrderDesk() = default;
void OrderDesk::place(PlaceOrder command, Completion done) {
  counters_->place(std::move(command), std::move(done));
}

}  // namespace sagactl
