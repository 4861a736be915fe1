#include "server/engine/order_admission.hpp"

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/engine/batch/order_placement.hpp"

namespace sagactl {
namespace {

constexpr Duration lock_ttl = 10s;
constexpr Duration shared_for = lock_ttl / 2;  // from the lock request on, so that nobody writes under an expired lock
constexpr Duration lock_patience = 3s;
constexpr Duration lock_latency = 2ms;  // of a request to the lock service

}  // namespace

class OrderAdmission::KeyQueues : public std::enable_shared_from_this<KeyQueues> {
 public:
  KeyQueues(Engine& engine, Lock& lock, Clock& clock) : engine_(engine), lock_(lock), clock_(clock) {}

  void place(PlaceOrder command, Completion done);

 private:
  struct AdmittedOrder {
    PlaceOrder command;
    Completion done;
  };
  // The orders of one key.
  struct KeyQueue {
    std::optional<LockGrant> grant;  // none: it has been requested
    SteadyTime requested_at;
    std::size_t in_flight = 0;           // submitted to the engine under the grant
    std::vector<AdmittedOrder> waiting;  // for the grant
  };

  void schedule_lock_calls();
  void send_lock_calls();
  void release(const LockGrant& grant);
  void acquire(const std::string& key);
  void on_grant(const std::string& key, Result<LockGrant> grant);
  void submit(const std::string& key, const LockGrant& grant, SteadyTime requested_at, AdmittedOrder order);
  void on_order_done(const std::string& key);

  Engine& engine_;
  Lock& lock_;
  Clock& clock_;
  std::mutex mutex_;  // of the members below
  std::unordered_map<std::string, KeyQueue> queues_;
  // Collected for the next commit.
  std::vector<LockGrant> to_release_;
  std::vector<std::string> to_acquire_;
  bool is_scheduled_ = false;
};

void OrderAdmission::KeyQueues::place(PlaceOrder command, Completion done) {
  command.idempotency_key = idempotency_key_of(command);
  const std::string key = command.idempotency_key;
  if (key.empty()) {
    engine_.submit(std::move(command), std::move(done));
    return;
  }
  command.key_digest = digest_of_key(key);
  AdmittedOrder order{std::move(command), std::move(done)};
  std::optional<LockGrant> shared;
  SteadyTime requested_at;
  {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = clock_.steady();
    const auto [found, is_first] = queues_.try_emplace(key);
    KeyQueue& queue = found->second;
    if (is_first) queue.requested_at = now;
    if (queue.grant && now - queue.requested_at < shared_for) {
      ++queue.in_flight;
      shared = queue.grant;
      requested_at = queue.requested_at;
    } else {
      queue.waiting.push_back(std::move(order));
      if (!is_first) return;
      to_acquire_.push_back(key);
    }
  }
  if (!shared) return schedule_lock_calls();
  submit(key, *shared, requested_at, std::move(order));  // NOLINT(bugprone-use-after-move): it was queued otherwise
}

// The locks for the next commit are requested together, in time for it, and those of the last commit are released with
// them: the cost of a lock service is in its calls, not in the number of locks per call.
void OrderAdmission::KeyQueues::schedule_lock_calls() {
  const SteadyTime send_at = engine_.batch_deadline() - lock_latency;
  bool is_early = false;
  {
    const std::lock_guard lock(mutex_);
    is_early = clock_.steady() < send_at && to_acquire_.size() < engine_.options().batch_max;
    if (is_early && std::exchange(is_scheduled_, true)) return;
  }
  if (!is_early) return send_lock_calls();
  engine_.call_at(send_at, [self = weak_from_this()] {
    if (const auto queues = self.lock()) queues->send_lock_calls();
  });
}

void OrderAdmission::KeyQueues::send_lock_calls() {
  std::vector<LockGrant> to_release;
  std::vector<std::string> to_acquire;
  {
    const std::lock_guard lock(mutex_);
    to_release.swap(to_release_);
    to_acquire.swap(to_acquire_);
    is_scheduled_ = false;
  }
  for (const LockGrant& grant : to_release) release(grant);
  for (const std::string& key : to_acquire) acquire(key);
}

// The answer does not matter: a grant that cannot be released expires.
void OrderAdmission::KeyQueues::release(const LockGrant& grant) {
  lock_.release(grant, [](const Result<bool>&) {});
}

void OrderAdmission::KeyQueues::acquire(const std::string& key) {
  lock_.acquire("order:" + key, engine_.options().node, lock_ttl, lock_patience,
                [self = weak_from_this(), key](Result<LockGrant> grant) {
                  if (const auto queues = self.lock()) queues->on_grant(key, std::move(grant));
                });
}

void OrderAdmission::KeyQueues::on_grant(const std::string& key, Result<LockGrant> grant) {
  std::vector<AdmittedOrder> orders;
  SteadyTime requested_at;
  {
    const std::lock_guard lock(mutex_);
    const auto queue = queues_.find(key);
    orders.swap(queue->second.waiting);
    requested_at = queue->second.requested_at;
    if (grant) {
      queue->second.grant = *grant;
      queue->second.in_flight = orders.size();
    } else {
      queues_.erase(queue);
    }
  }
  for (AdmittedOrder& order : orders) {
    if (grant)
      submit(key, *grant, requested_at, std::move(order));
    else
      engine_.submit(std::move(order.command), std::move(order.done));
  }
}

void OrderAdmission::KeyQueues::submit(const std::string& key, const LockGrant& grant, SteadyTime requested_at,
                                       AdmittedOrder order) {
  if (grant.is_cluster_wide) order.command.lock = grant;
  order.command.lock_until = requested_at + grant.ttl;
  engine_.submit(std::move(order.command),
                 [self = weak_from_this(), key, done = std::move(order.done)](Result<Receipt> receipt) {
                   if (const auto queues = self.lock()) queues->on_order_done(key);
                   done(std::move(receipt));
                 });
}

// The last order in flight releases the lock; orders that came too late to share it wait for a new one.
void OrderAdmission::KeyQueues::on_order_done(const std::string& key) {
  LockGrant grant;
  bool others_wait = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = queues_.find(key);
    KeyQueue& queue = found->second;
    if (--queue.in_flight > 0) return;
    grant = *queue.grant;
    others_wait = !queue.waiting.empty();
    if (others_wait) {
      queue.grant.reset();
      queue.requested_at = clock_.steady();
    } else {
      queues_.erase(found);
      to_release_.push_back(grant);
    }
  }
  if (!others_wait) return schedule_lock_calls();
  release(grant);
  acquire(key);
}

OrderAdmission::OrderAdmission(Engine& engine, Lock& lock, Clock& clock)
    : queues_(std::make_shared<KeyQueues>(engine, lock, clock)) {}
OrderAdmission::~OrderAdmission() = default;
void OrderAdmission::place(PlaceOrder command, Completion done) {
  queues_->place(std::move(command), std::move(done));
}

}  // namespace sagactl
