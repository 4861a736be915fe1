#include "server/adapters/redis/lock_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "server/adapters/redis/redis_error.hpp"
#include "server/adapters/redis/redis_reply.hpp"

namespace sagactl::redis {
namespace {

constexpr int scan_batch = 1000;
constexpr int batches_max = 1000;

Error unavailable(const redisReply* reply) {
  Error error = error_of_reply(reply);
  error.code = ErrorCode::unavailable;
  return error;
}

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end == text.data() + text.size() || *end != ' ') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return value;
}

// Nothing for a lock that has expired since, or a value that is not ours.
std::optional<LockState> read_state(std::string key, const redisReply& held, const redisReply& left) {
  std::string_view value = text(held);
  const auto token = take_number(value), acquired = take_number(value);
  const auto left_ms = integer(left);
  const std::size_t request_id_end = value.find(' ');
  if (!token || !acquired || !left_ms || *left_ms < 0 || request_id_end == value.npos) return std::nullopt;
  return LockState{std::move(key), std::string(value.substr(request_id_end + 1)), *token, Timestamp{*acquired},
                   std::chrono::milliseconds(*left_ms)};
}

void read_states(const LockKeys& keys, const std::vector<std::string>& locks, const redisReply& reply,
                 std::vector<LockState>& states) {
  for (std::size_t i = 0; i < locks.size() && 2 * i + 1 < size(reply); ++i)
    if (auto state = read_state(keys.name_of(locks[i]), *element(reply, 2 * i), *element(reply, 2 * i + 1)))
      states.push_back(std::move(*state));
}

class LockScan : public std::enable_shared_from_this<LockScan> {
 public:
  LockScan(RedisSession& session, LockScripts& scripts, const LockKeys& keys, std::size_t limit, Lock::Listed done)
      : session_(session), scripts_(scripts), keys_(keys), limit_(limit), done_(std::move(done)) {}

  void scan_from(const std::string& cursor) {
    if (++batches_ > batches_max)
      return done_(Error{ErrorCode::unavailable,
                         fmt::format("this Redis database holds more than {} keys, too many to scan for locks: "
                                     "use a separate database for the locks",
                                     scan_batch * batches_max)});
    session_.send({"SCAN", cursor, "MATCH", keys_.all_locks(), "COUNT", std::to_string(scan_batch)},
                  [self = shared_from_this()](const redisReply* reply) { self->on_keys(reply); });
  }

 private:
  void on_keys(const redisReply* reply) {
    if (!reply || is_error(*reply) || size(*reply) != 2) return done_(unavailable(reply));
    const std::string cursor(text(*element(*reply, 0)));
    std::vector<std::string> locks;
    const redisReply& names = *element(*reply, 1);
    for (std::size_t i = 0; i < size(names); ++i) locks.emplace_back(text(*element(names, i)));
    if (locks.empty()) return next(cursor);
    const auto take = [self = shared_from_this(), cursor, locks](const redisReply* described) {
      if (!described || is_error(*described)) return self->done_(unavailable(described));
      read_states(self->keys_, locks, *described, self->states_);
      self->next(cursor);
    };
    scripts_.run(LockScript::describe, locks, {}, take);
  }

  void next(const std::string& cursor) {
    if (cursor != "0") return scan_from(cursor);
    // SCAN may return a key more than once.
    std::sort(states_.begin(), states_.end(),
              [](const LockState& a, const LockState& b) { return a.fencing_token < b.fencing_token; });
    const auto same = [](const LockState& a, const LockState& b) { return a.fencing_token == b.fencing_token; };
    states_.erase(std::unique(states_.begin(), states_.end(), same), states_.end());
    if (states_.size() > limit_) states_.resize(limit_);
    done_(std::move(states_));
  }

  RedisSession& session_;
  LockScripts& scripts_;
  const LockKeys& keys_;
  const std::size_t limit_;
  const Lock::Listed done_;
  std::vector<LockState> states_;
  int batches_ = 0;
};

}  // namespace

void list_held(RedisSession& session, LockScripts& scripts, const LockKeys& keys, std::size_t limit,
               Lock::Listed done) {
  std::make_shared<LockScan>(session, scripts, keys, limit, std::move(done))->scan_from("0");
}

void list_one(LockScripts& scripts, const LockKeys& keys, const std::string& key, Lock::Listed done) {
  const std::vector<std::string> locks{keys.lock(key)};
  scripts.run(LockScript::describe, locks, {}, [&keys, locks, done = std::move(done)](const redisReply* reply) {
    if (!reply || is_error(*reply)) return done(unavailable(reply));
    std::vector<LockState> states;
    read_states(keys, locks, *reply, states);
    done(std::move(states));
  });
}

}  // namespace sagactl::redis
