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
#include "server/adapters/redis/failure.hpp"
#include "server/adapters/redis/lock_list.hpp"
#include "server/adapters/redis/reply.hpp"
#include "server/adapters/redis/waiting_lines.hpp"

namespace sagactl {
namespace {

using redis::Script;

constexpr Duration beat = 1s;  // how long an idle client does not notice that Redis is away
constexpr Duration look_while_stopping = 1ms;

class RedisLock final : public Lock {
 public:
  explicit RedisLock(RedisLockOptions options)
      : options_(std::move(options)),
        keys_(options_.prefix),
        session_(loop_, timing(), options_.seed,
                 {[this] { greet(); }, [this] { came_up(); }, [this](const Error& why) { went_down(why); }}),
        listener_(loop_, timing(), options_.seed + 1, {[this] { listen(); }, [] {}, [](const Error&) {}}),
        scripts_(session_),
        lines_(loop_, session_, scripts_, keys_, options_.seed + 2),
        thread_([this] { run(); }) {}

  ~RedisLock() override {
    loop_.post([this] { finish(redis::Loop::Steady::now() + options_.answer_timeout); });
    thread_.join();
  }

  // Of the first try to connect.
  Result<void> wait_for_outcome() { return outcome_.get_future().get(); }

  void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration patience,
               Granted done) override {
    WaitingLines::Waiter waiter{holder, ttl, redis::Loop::Steady::now() + patience, std::move(done)};
    if (auto away = why_away()) return waiter.done(std::move(*away));
    loop_.post([this, key, waiter = std::move(waiter)]() mutable {
      if (stopping_) return waiter.done(stopping());
      lines_.join(key, std::move(waiter));
    });
  }

  void renew(const LockGrant& grant, Duration ttl, Changed done) override {
    if (auto away = why_away()) return done(std::move(*away));
    loop_.post([this, grant, ttl, done = std::move(done)]() mutable {
      const auto ms = std::chrono::ceil<std::chrono::milliseconds>(ttl).count();
      scripts_.run(Script::renew, {keys_.lock(grant.key)},
                   {std::to_string(grant.fencing_token), std::to_string(ms)}, changed(std::move(done)));
    });
  }

  void release(const LockGrant& grant, Changed done) override {
    if (auto away = why_away()) return done(std::move(*away));
    loop_.post([this, grant, done = std::move(done)]() mutable {
      scripts_.run(Script::release, {keys_.lock(grant.key), keys_.waiting(grant.key)},
                   {std::to_string(grant.fencing_token), keys_.channel(), grant.key}, changed(std::move(done)));
      // Nobody tells this process of releases now: its own it can see to itself. Redis does both in this order.
      if (!listener_.up()) lines_.wake(grant.key);
    });
  }

  void held(std::size_t limit, Listed done) override {
    if (auto away = why_away()) return done(std::move(*away));
    loop_.post([this, limit, done = std::move(done)]() mutable {
      redis::list_held(session_, scripts_, keys_, limit, std::move(done));
    });
  }

  void state(const std::string& key, Listed done) override {
    if (auto away = why_away()) return done(std::move(*away));
    loop_.post([this, key, done = std::move(done)]() mutable {
      redis::list_one(scripts_, keys_, key, std::move(done));
    });
  }

  Result<Duration> availability() const override {
    if (auto away = why_away()) return std::move(*away);
    return Duration{answer_took_us_.load()};
  }

 private:
  using WaitingLines = redis::WaitingLines;

  static Error stopping() { return Error{ErrorCode::unavailable, "the locks are being shut down"}; }
  redis::Timing timing() const { return {options_.answer_timeout, options_.retry_min, options_.retry_max}; }

  std::optional<Error> why_away() const {
    if (up_.load()) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return away_;
  }

  void set_away(std::optional<Error> why) {
    const std::lock_guard lock(mutex_);
    if (why) away_ = std::move(*why);
    up_ = !why;
  }

  // What follows is on the loop's thread.

  void run() {
    // A connection that is closed at the other end must not end the process.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    session_.start(options_.address);
    loop_.after(beat, [this] { look_after(); });
    loop_.run();
    set_away(stopping());
    listener_.stop();
    session_.stop();
    lines_.dismiss(stopping());
    loop_.run_posted();  // what those who were told have asked for since
  }

  static redis::OnReply changed(Changed done) {
    return [done = std::move(done)](const redisReply* reply) {
      if (reply && !redis::is_error(*reply)) return done(redis::integer(*reply) == 1);
      Error error = redis::failure(reply);
      error.code = ErrorCode::unavailable;
      done(std::move(error));
    };
  }

  // Also finds out whether Redis can write, and brings a token counter that fell behind up to what is known.
  void keep_token(std::function<void()> fine) {
    scripts_.run(Script::keep_token, {keys_.token()}, {std::to_string(lines_.highest_token())},
                 [this, fine = std::move(fine)](const redisReply* reply) {
                   if (!reply) return;  // the connection has failed, and says so itself
                   if (redis::is_error(*reply)) return session_.drop(redis::failure(reply));
                   answer_took_us_ = session_.connection()->last_answer_took().count();
                   fine();
                 });
  }

  void greet() {
    scripts_.load();
    keep_token([this] { session_.greeted(); });
  }

  void look_after() {
    if (session_.up()) keep_token([] {});
    loop_.after(beat, [this] { look_after(); });
  }

  void came_up() {
    set_away(std::nullopt);
    if (!told_.empty()) log_info("Redis gives locks again", {{"redis", options_.address.shown()}});
    told_.clear();
    lines_.take_back();
    // The very server that the session has, without looking up its name again.
    RedisAddress address = options_.address;
    if (std::string peer = session_.connection()->peer(); !peer.empty()) address.host = std::move(peer);
    listener_.start(std::move(address));
    tell_outcome({});
  }

  void went_down(const Error& why) {
    listener_.stop();
    set_away(Error{ErrorCode::unavailable, why.message});
    if (told_ != why.message)
      log_warn("no locks from Redis; the database alone refuses duplicates", {{"error", why.message}});
    told_ = why.message;
    lines_.dismiss(Error{ErrorCode::unavailable, why.message});
    tell_outcome(why.code == ErrorCode::invalid ? Result<void>(why) : Result<void>());
  }

  void tell_outcome(Result<void> outcome) {
    if (!std::exchange(outcome_told_, true)) outcome_.set_value(std::move(outcome));
  }

  void listen() {
    listener_.connection()->on_push([this](const redisReply& push) {
      const redisReply* key = redis::element(push, 2);
      if (key && redis::text(*redis::element(push, 0)) == "message") lines_.wake(std::string(redis::text(*key)));
    });
    listener_.send({"SUBSCRIBE", keys_.channel()}, [this](const redisReply* reply) {
      if (reply && redis::is_error(*reply)) return listener_.drop(redis::failure(reply));
      if (reply) listener_.greeted();
    });
  }

  // What was sent gets its answers, as long as Redis gives them in time.
  void finish(redis::Loop::Time until) {
    stopping_ = true;
    lines_.dismiss(stopping());
    if (session_.up() && session_.connection()->waiting() > 0 && redis::Loop::Steady::now() < until)
      loop_.after(look_while_stopping, [this, until] { finish(until); });
    else
      loop_.stop();
  }

  const RedisLockOptions options_;
  const redis::Keys keys_;
  std::promise<Result<void>> outcome_;
  bool outcome_told_ = false;
  bool stopping_ = false;
  std::string told_;  // in the log, why it is away

  mutable std::mutex mutex_;
  Error away_{ErrorCode::unavailable, "the lock service is being connected to"};
  std::atomic<bool> up_{false};
  std::atomic<Duration::rep> answer_took_us_{0};

  redis::Loop loop_;
  redis::Session session_, listener_;
  redis::Scripts scripts_;
  redis::WaitingLines lines_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

Result<std::unique_ptr<Lock>> make_redis_lock(RedisLockOptions options) {
  auto lock = std::make_unique<RedisLock>(std::move(options));
  if (const auto outcome = lock->wait_for_outcome(); !outcome) return outcome.error();
  return std::unique_ptr<Lock>(std::move(lock));
}

}  // namespace sagactl
