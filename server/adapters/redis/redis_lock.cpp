#include "server/adapters/redis/redis_lock.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "common/log.hpp"
#include "server/adapters/redis/lock_list.hpp"
#include "server/adapters/redis/lock_waiters.hpp"
#include "server/adapters/redis/redis_error.hpp"
#include "server/adapters/redis/redis_reply.hpp"

namespace sagactl {
namespace {

using redis::LockScript;

constexpr Duration health_check_interval = 1s;  // within which an idle client detects that Redis is unavailable
constexpr Duration drain_check_interval = 1ms;

class RedisLock final : public Lock {
 public:
  explicit RedisLock(RedisLockOptions options)
      : options_(std::move(options)),
        keys_(redis::prefix_for(options_.address, options_.prefix)),
        session_(loop_, timing(), options_.seed,
                 {[this] { handshake(); }, [this] { on_up(); }, [this](const Error& why) { on_down(why); }}),
        listener_(loop_, timing(), options_.seed + 1, {[this] { listen(); }, [] {}, [](const Error&) {}}),
        scripts_(session_),
        waiters_(loop_, session_, scripts_, keys_, options_.seed + 2),
        thread_([this] { run(); }) {}

  ~RedisLock() override {
    loop_.post([this] { finish(redis::EventLoop::Steady::now() + options_.answer_timeout); });
    thread_.join();
  }

  // Of the first attempt to connect.
  Result<void> wait_for_outcome() { return outcome_.get_future().get(); }

  void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration patience,
               Granted done) override {
    LockWaiters::LockWaiter waiter{holder, ttl, redis::EventLoop::Steady::now() + patience, std::move(done)};
    if (auto unavailable = why_unavailable()) return waiter.done(std::move(*unavailable));
    loop_.post([this, key, waiter = std::move(waiter)]() mutable {
      if (stopping_) return waiter.done(stopping());
      waiters_.join(key, std::move(waiter));
    });
  }

  void renew(const LockGrant& grant, Duration ttl, Changed done) override {
    if (auto unavailable = why_unavailable()) return done(std::move(*unavailable));
    loop_.post([this, grant, ttl, done = std::move(done)]() mutable {
      const auto ms = std::chrono::ceil<std::chrono::milliseconds>(ttl).count();
      scripts_.run(LockScript::renew, {keys_.lock(grant.key)},
                   {std::to_string(grant.fencing_token), std::to_string(ms)}, changed(std::move(done)));
    });
  }

  void release(const LockGrant& grant, Changed done) override {
    if (auto unavailable = why_unavailable()) return done(std::move(*unavailable));
    loop_.post([this, grant, done = std::move(done)]() mutable {
      scripts_.run(LockScript::release, {keys_.lock(grant.key), keys_.waiting(grant.key)},
                   {std::to_string(grant.fencing_token), keys_.channel(), grant.key}, changed(std::move(done)));
      // Without the subscription this process handles its own releases itself. Redis runs both commands in this order.
      if (!listener_.up()) waiters_.retry(grant.key);
    });
  }

  void held(std::size_t limit, Listed done) override {
    if (auto unavailable = why_unavailable()) return done(std::move(*unavailable));
    loop_.post([this, limit, done = std::move(done)]() mutable {
      redis::list_held(session_, scripts_, keys_, limit, std::move(done));
    });
  }

  void state(const std::string& key, Listed done) override {
    if (auto unavailable = why_unavailable()) return done(std::move(*unavailable));
    loop_.post(
        [this, key, done = std::move(done)]() mutable { redis::list_one(scripts_, keys_, key, std::move(done)); });
  }

  Result<Duration> availability() const override {
    if (auto unavailable = why_unavailable()) return std::move(*unavailable);
    return Duration{latency_us_.load()};
  }

 private:
  using LockWaiters = redis::LockWaiters;

  static Error stopping() { return Error{ErrorCode::unavailable, "the lock client is shutting down"}; }
  redis::SessionTiming timing() const { return {options_.answer_timeout, options_.retry_min, options_.retry_max}; }

  std::optional<Error> why_unavailable() const {
    if (up_.load()) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return unavailable_;
  }

  void set_availability(std::optional<Error> why) {
    const std::lock_guard lock(mutex_);
    if (why) unavailable_ = std::move(*why);
    up_ = !why;
  }

  // What follows is on the loop's thread.

  void run() {
    // Writing to a connection that the peer has closed must not end the process.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    session_.start(options_.address);
    loop_.after(health_check_interval, [this] { check_health(); });
    loop_.run();
    set_availability(stopping());
    listener_.stop();
    session_.stop();
    waiters_.fail_all(stopping());
    loop_.run_posted();  // what the callbacks have requested since
  }

  static redis::OnReply changed(Changed done) {
    return [done = std::move(done)](const redisReply* reply) {
      if (reply && !redis::is_error(*reply)) return done(redis::integer(*reply) == 1);
      Error error = redis::error_of_reply(reply);
      error.code = ErrorCode::unavailable;
      done(std::move(error));
    };
  }

  // Also detects whether Redis can write, and raises a token counter that fell behind to the highest known token.
  void keep_token(std::function<void()> on_ok) {
    scripts_.run(LockScript::keep_token, {keys_.token(), keys_.lock("")}, {std::to_string(waiters_.highest_token())},
                 [this, on_ok = std::move(on_ok)](const redisReply* reply) {
                   if (!reply) return;  // the connection was lost: on_down() follows
                   if (redis::is_error(*reply)) return session_.drop_for(*reply);
                   latency_us_ = session_.connection()->last_latency().count();
                   on_ok();
                 });
  }

  void handshake() {
    scripts_.load();
    keep_token([this] { session_.mark_up(); });
  }

  void check_health() {
    if (session_.up()) keep_token([] {});
    loop_.after(health_check_interval, [this] { check_health(); });
  }

  void on_up() {
    set_availability(std::nullopt);
    if (!logged_reason_.empty()) log_info("Redis locks available again", {{"redis", options_.address.shown()}});
    logged_reason_.clear();
    waiters_.release_in_doubt();
    // The same server as the session's, without resolving the name again.
    redis::RedisEndpoint server = session_.connection()->endpoint();
    if (std::string peer = session_.connection()->peer(); !peer.empty()) {
      if (server.server_name.empty()) server.server_name = server.host;
      server.host = std::move(peer);
    }
    listener_.start(options_.address, std::move(server));
    set_first_outcome({});
  }

  void on_down(const Error& why) {
    listener_.stop();
    set_availability(Error{ErrorCode::unavailable, why.message});
    if (logged_reason_ != why.message)
      log_warn("Redis locks unavailable; the database alone rejects duplicates", {{"error", why.message}});
    logged_reason_ = why.message;
    waiters_.fail_all(Error{ErrorCode::unavailable, why.message});
    set_first_outcome(why.code == ErrorCode::invalid ? Result<void>(why) : Result<void>());
  }

  void set_first_outcome(Result<void> outcome) {
    if (!std::exchange(has_outcome_, true)) outcome_.set_value(std::move(outcome));
  }

  void listen() {
    listener_.connection()->on_push([this](const redisReply& push) {
      const redisReply* key = redis::element(push, 2);
      if (key && redis::text(*redis::element(push, 0)) == "message") waiters_.retry(std::string(redis::text(*key)));
    });
    listener_.send({"SUBSCRIBE", keys_.channel()}, [this](const redisReply* reply) {
      if (reply && redis::is_error(*reply)) return listener_.drop(redis::error_of_reply(reply));
      if (reply) listener_.mark_up();
    });
  }

  // Waits for the replies to what was sent, until then.
  void finish(redis::EventLoop::Time until) {
    stopping_ = true;
    waiters_.fail_all(stopping());
    if (session_.up() && session_.connection()->pending() > 0 && redis::EventLoop::Steady::now() < until)
      loop_.after(drain_check_interval, [this, until] { finish(until); });
    else
      loop_.stop();
  }

  const RedisLockOptions options_;
  const redis::LockKeys keys_;
  std::promise<Result<void>> outcome_;
  bool has_outcome_ = false;
  bool stopping_ = false;
  std::string logged_reason_;  // why it is unavailable, as last logged; empty: it is available

  mutable std::mutex mutex_;
  Error unavailable_{ErrorCode::unavailable, "connecting to the lock service"};
  std::atomic<bool> up_{false};
  std::atomic<Duration::rep> latency_us_{0};

  redis::EventLoop loop_;
  redis::RedisSession session_, listener_;
  redis::LockScripts scripts_;
  redis::LockWaiters waiters_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

Result<std::unique_ptr<Lock>> make_redis_lock(RedisLockOptions options) {
  auto lock = std::make_unique<RedisLock>(std::move(options));
  if (const auto outcome = lock->wait_for_outcome(); !outcome) return outcome.error();
  return std::unique_ptr<Lock>(std::move(lock));
}

}  // namespace sagactl
