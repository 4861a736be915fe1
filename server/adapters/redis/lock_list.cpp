#include "server/adapters/redis/lock_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "server/adapters/redis/failure.hpp"
#include "server/adapters/redis/reply.hpp"

namespace sagactl::redis {
namespace {

constexpr int keys_each = 1000;
constexpr int pieces_max = 1000;

Error unavailable(const redisReply* reply) {
  Error error = failure(reply);
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

// Nothing for what has run out since, or was not written by us.
std::optional<LockState> read_state(std::string key, const redisReply& held, const redisReply& left) {
  std::string_view value = text(held);
  const auto token = take_number(value), acquired = take_number(value);
  const auto left_ms = integer(left);
  const std::size_t mark_ends = value.find(' ');
  if (!token || !acquired || !left_ms || *left_ms < 0 || mark_ends == value.npos) return std::nullopt;
  return LockState{std::move(key), std::string(value.substr(mark_ends + 1)), *token, Timestamp{*acquired},
                   std::chrono::milliseconds(*left_ms)};
}

void read_states(const Keys& keys, const std::vector<std::string>& locks, const redisReply& reply,
                 std::vector<LockState>& states) {
  for (std::size_t i = 0; i < locks.size() && 2 * i + 1 < size(reply); ++i)
    if (auto state = read_state(keys.name_of(locks[i]), *element(reply, 2 * i), *element(reply, 2 * i + 1)))
      states.push_back(std::move(*state));
}

class Scan : public std::enable_shared_from_this<Scan> {
 public:
  Scan(Session& session, Scripts& scripts, const Keys& keys, std::size_t limit, Lock::Listed done)
      : session_(session), scripts_(scripts), keys_(keys), limit_(limit), done_(std::move(done)) {}

  void go_on(const std::string& cursor) {
    if (++pieces_ > pieces_max)
      return done_(Error{ErrorCode::unavailable,
                         fmt::format("this Redis database holds more than {} keys, too many to look for locks "
                                     "among: give the locks a database of their own",
                                     keys_each * pieces_max)});
    session_.send({"SCAN", cursor, "MATCH", keys_.all_locks(), "COUNT", std::to_string(keys_each)},
                  [self = shared_from_this()](const redisReply* reply) { self->found(reply); });
  }

 private:
  void found(const redisReply* reply) {
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
    scripts_.run(Script::describe, locks, {}, take);
  }

  void next(const std::string& cursor) {
    if (cursor != "0") return go_on(cursor);
    // SCAN may tell a key more than once.
    std::sort(states_.begin(), states_.end(),
              [](const LockState& a, const LockState& b) { return a.fencing_token < b.fencing_token; });
    const auto same = [](const LockState& a, const LockState& b) { return a.fencing_token == b.fencing_token; };
    states_.erase(std::unique(states_.begin(), states_.end(), same), states_.end());
    if (states_.size() > limit_) states_.resize(limit_);
    done_(std::move(states_));
  }

  Session& session_;
  Scripts& scripts_;
  const Keys& keys_;
  const std::size_t limit_;
  const Lock::Listed done_;
  std::vector<LockState> states_;
  int pieces_ = 0;
};

}  // namespace

void list_held(Session& session, Scripts& scripts, const Keys& keys, std::size_t limit, Lock::Listed done) {
  std::make_shared<Scan>(session, scripts, keys, limit, std::move(done))->go_on("0");
}

void list_one(Scripts& scripts, const Keys& keys, const std::string& key, Lock::Listed done) {
  const std::vector<std::string> locks{keys.lock(key)};
  scripts.run(Script::describe, locks, {}, [&keys, locks, done = std::move(done)](const redisReply* reply) {
    if (!reply || is_error(*reply)) return done(unavailable(reply));
    std::vector<LockState> states;
    read_states(keys, locks, *reply, states);
    done(std::move(states));
  });
}

}  // namespace sagactl::redis
