#include "server/engine/order_admission.hpp"

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sagactl {
namespace {

constexpr Duration lock_ttl = 10s;
constexpr Duration shared_for = lock_ttl / 2;  // from the asking on, so that nobody writes under a lock that ran out
constexpr Duration lock_patience = 3s;
constexpr Duration lock_takes = 2ms;  // to be asked and to answer

}  // namespace

class OrderAdmission::KeyQueues : public std::enable_shared_from_this<KeyQueues> {
 public:
  KeyQueues(Engine& engine, Lock& lock, Clock& clock) : engine_(engine), lock_(lock), clock_(clock) {}

  void place(PlaceOrder command, Completion done);

 private:
  struct Waiting {
    PlaceOrder command;
    Completion done;
  };
  // The orders of one key.
  struct KeyQueue {
    std::optional<LockGrant> grant;  // none: it has been asked for
    SteadyTime asked;
    std::size_t inside = 0;          // submitted under the grant
    std::vector<Waiting> waiting;    // for the grant
  };

  void pass_on();
  void send();
  void release(const LockGrant& grant);
  void ask(const std::string& key);
  void granted(const std::string& key, Result<LockGrant> grant);
  void submit(const std::string& key, const LockGrant& grant, SteadyTime asked, Waiting order);
  void leave(const std::string& key);

  Engine& engine_;
  Lock& lock_;
  Clock& clock_;
  std::mutex mutex_;  // of the members below
  std::unordered_map<std::string, KeyQueue> queues_;
  // For the lock service, while the engine gathers the next commit.
  std::vector<LockGrant> to_release_;
  std::vector<std::string> to_ask_;
  bool will_send_ = false;
};

void OrderAdmission::KeyQueues::place(PlaceOrder command, Completion done) {
  std::string key = command.idempotency_key;
  if (key.empty() && !command.key_only) key = default_idempotency_key(command.items);
  if (key.empty()) {
    engine_.submit(std::move(command), std::move(done));
    return;
  }
  Waiting order{std::move(command), std::move(done)};
  std::optional<LockGrant> shared;
  SteadyTime asked;
  {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = clock_.steady();
    const auto [found, first] = queues_.try_emplace(key);
    KeyQueue& counter = found->second;
    if (first) counter.asked = now;
    if (counter.grant && now - counter.asked < shared_for) {
      ++counter.inside;
      shared = counter.grant;
      asked = counter.asked;
    } else {
      counter.waiting.push_back(std::move(order));
      if (!first) return;
      to_ask_.push_back(key);
    }
  }
  if (shared)
    submit(key, *shared, asked, std::move(order));
  else
    pass_on();
}

// What the next commit needs is asked for together, in time for it, and what the last one needed is given back with it:
// a lock service is paid for calls, hardly for locks.
void OrderAdmission::KeyQueues::pass_on() {
  const SteadyTime in_time = engine_.batch_deadline() - lock_takes;
  bool is_early = false;
  {
    const std::lock_guard lock(mutex_);
    is_early = clock_.steady() < in_time && to_ask_.size() < engine_.options().batch_max;
    if (is_early && std::exchange(will_send_, true)) return;
  }
  if (!is_early) return send();
  engine_.call_at(in_time, [self = weak_from_this()] {
    if (const auto queues = self.lock()) queues->send();
  });
}

void OrderAdmission::KeyQueues::send() {
  std::vector<LockGrant> to_release;
  std::vector<std::string> to_ask;
  {
    const std::lock_guard lock(mutex_);
    to_release.swap(to_release_);
    to_ask.swap(to_ask_);
    will_send_ = false;
  }
  for (const LockGrant& grant : to_release) release(grant);
  for (const std::string& key : to_ask) ask(key);
}

// A grant that has run out was taken over already, and one that cannot be released will run out.
void OrderAdmission::KeyQueues::release(const LockGrant& grant) {
  lock_.release(grant, [](const Result<bool>&) {});
}

void OrderAdmission::KeyQueues::ask(const std::string& key) {
  lock_.acquire("order:" + key, engine_.options().node, lock_ttl, lock_patience,
                [self = weak_from_this(), key](Result<LockGrant> grant) {
                  if (const auto queues = self.lock()) queues->granted(key, std::move(grant));
                });
}

void OrderAdmission::KeyQueues::granted(const std::string& key, Result<LockGrant> grant) {
  std::vector<Waiting> orders;
  SteadyTime asked;
  {
    const std::lock_guard lock(mutex_);
    const auto counter = queues_.find(key);
    orders.swap(counter->second.waiting);
    asked = counter->second.asked;
    if (grant) {
      counter->second.grant = *grant;
      counter->second.inside = orders.size();
    } else {
      queues_.erase(counter);
    }
  }
  for (Waiting& order : orders) {
    if (grant) submit(key, *grant, asked, std::move(order));
    else engine_.submit(std::move(order.command), std::move(order.done));
  }
}

void OrderAdmission::KeyQueues::submit(const std::string& key, const LockGrant& grant, SteadyTime asked, Waiting order) {
  if (grant.is_cluster_wide) order.command.lock = grant;
  order.command.lock_until = asked + grant.ttl;
  engine_.submit(std::move(order.command),
                 [self = weak_from_this(), key, done = std::move(order.done)](Result<Receipt> receipt) {
                   if (const auto queues = self.lock()) queues->leave(key);
                   done(std::move(receipt));
                 });
}

void OrderAdmission::KeyQueues::leave(const std::string& key) {
  LockGrant grant;
  bool others_wait = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = queues_.find(key);
    KeyQueue& counter = found->second;
    if (--counter.inside > 0) return;
    grant = *counter.grant;
    others_wait = !counter.waiting.empty();
    if (others_wait) {
      counter.grant.reset();
      counter.asked = clock_.steady();
    } else {
      queues_.erase(found);
      to_release_.push_back(grant);
    }
  }
  if (!others_wait) return pass_on();
  release(grant);
  ask(key);
}

OrderAdmission::OrderAdmission(Engine& engine, Lock& lock, Clock& clock)
    : queues_(std::make_shared<KeyQueues>(engine, lock, clock)) {}
OrderAdmission::~OrderAdmission() = default;
void OrderAdmission::place(PlaceOrder command, Completion done) {
  queues_->place(std::move(command), std::move(done));
}

}  // namespace sagactl
