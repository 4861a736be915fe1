#include "server/adapters/redis/waiting_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/redis/failure.hpp"
#include "server/adapters/redis/reply.hpp"

namespace sagactl::redis {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t waiting_max = 20'000;  // in all lines
constexpr std::size_t in_doubt_max = 1000;   // further ones are left to their time to live
constexpr Duration pause_min = 10ms, pause_max = 250ms;
// How long a release tells that it happened after the last try of somebody who waits.
constexpr milliseconds wish_lives = milliseconds(750);

std::string in_ms(Duration duration) {
  return std::to_string(std::max<std::int64_t>(1, std::chrono::ceil<milliseconds>(duration).count()));
}

Error busy(const std::string& key) {
  return Error{ErrorCode::busy, fmt::format("the lock {} is held by another; try later", key)};
}

}  // namespace

WaitingLines::WaitingLines(Loop& loop, Session& session, Scripts& scripts, const Keys& keys, std::uint64_t seed)
    : loop_(loop),
      session_(session),
      scripts_(scripts),
      keys_(keys),
      random_(seed),
      client_(fmt::format("{:016x}", random_.next())) {}

void WaitingLines::join(const std::string& key, Waiter waiter) {
  if (waiting_ >= waiting_max) {
    waiter.done(Error{ErrorCode::unavailable, fmt::format("{} callers wait for locks already", waiting_)});
    return;
  }
  Line& line = lines_[key];
  const auto now = Loop::Steady::now();
  if (!line.waiters.empty() && waiter.until <= now) {
    waiter.done(busy(key));
    return;
  }
  waiter.number = ++numbers_;
  ++waiting_;
  if (!line.waiters.empty())
    loop_.after(waiter.until - now, [this, key, number = waiter.number] { give_up(key, number); });
  line.waiters.push_back(std::move(waiter));
  if (line.waiters.size() == 1) try_first(key);
}

void WaitingLines::wake(const std::string& key) {
  const auto line = lines_.find(key);
  if (line == lines_.end()) return;
  if (line->second.trying)
    line->second.woken = true;
  else
    try_first(key);
}

void WaitingLines::try_first(const std::string& key) {
  Line& line = lines_.at(key);
  line.trying = true;
  line.woken = false;
  line.turn = ++turns_;
  const Waiter& first = line.waiters.front();
  const bool waits_on = first.until > Loop::Steady::now();
  std::string mark = fmt::format("{}-{}", client_, line.turn);
  // Redis may answer at once, that is, not at all: nothing here may be used afterwards.
  scripts_.run(Script::acquire, {keys_.lock(key), keys_.token(), keys_.waiting(key)},
               {first.holder, in_ms(first.ttl), std::to_string(highest_token_),
                waits_on ? std::to_string(wish_lives.count()) : "0", mark},
               [this, key, mark](const redisReply* reply) { answered(key, mark, reply); });
}

void WaitingLines::answered(const std::string& key, const std::string& mark, const redisReply* reply) {
  lines_.at(key).trying = false;
  if (!reply) {
    in_doubt_.emplace_back(key, mark);
    if (in_doubt_.size() > in_doubt_max) in_doubt_.pop_front();
    failed(key, failure(nullptr));
  } else if (is_error(*reply)) {
    if (ends_connection(*reply)) session_.drop(failure(reply));
    Error why = failure(reply);
    why.code = ErrorCode::unavailable;
    failed(key, why);
  } else if (size(*reply) == 2) {
    granted(key, *reply);
  } else {
    still_held(key, integer(*reply).value_or(0));
  }
}

void WaitingLines::granted(const std::string& key, const redisReply& reply) {
  Waiter waiter = take_first(key);
  LockGrant grant{key, std::move(waiter.holder), integer(*element(reply, 0)).value_or(0),
                  Timestamp{integer(*element(reply, 1)).value_or(0)}, waiter.ttl};
  highest_token_ = std::max(highest_token_, grant.fencing_token);
  waiter.done(std::move(grant));
  if (lines_.contains(key)) try_first(key);
}

void WaitingLines::still_held(const std::string& key, std::int64_t left_ms) {
  Line& line = lines_.at(key);
  const auto now = Loop::Steady::now();
  if (line.waiters.front().until > now) {
    if (line.woken)
      try_first(key);
    else
      look_again(key, line, left_ms, now);
    return;
  }
  take_first(key).done(busy(key));
  if (lines_.contains(key)) try_first(key);
}

// After the pause, or when the lock runs out, or for the last time when its patience ends.
void WaitingLines::look_again(const std::string& key, Line& line, std::int64_t left_ms, Loop::Time now) {
  line.pause = std::clamp(line.pause * 2, pause_min, pause_max);
  const auto half = static_cast<std::uint64_t>(line.pause.count() / 2);
  Loop::Steady::duration delay = Duration{static_cast<std::int64_t>(half + random_.below(half + 1))};
  if (left_ms >= 0) delay = std::min<Loop::Steady::duration>(delay, milliseconds(left_ms + 1));
  delay = std::min(delay, line.waiters.front().until - now);
  loop_.after(delay, [this, key, turn = line.turn] {
    const auto found = lines_.find(key);
    if (found != lines_.end() && found->second.turn == turn && !found->second.trying) try_first(key);
  });
}

void WaitingLines::failed(const std::string& key, const Error& why) {
  auto line = lines_.extract(key);
  waiting_ -= line.mapped().waiters.size();
  for (const Waiter& waiter : line.mapped().waiters) waiter.done(why);
}

// The first of a line is not passed over here: its last try tells it.
void WaitingLines::give_up(const std::string& key, std::uint64_t number) {
  const auto line = lines_.find(key);
  if (line == lines_.end() || line->second.waiters.front().number == number) return;
  auto& waiters = line->second.waiters;
  const auto waiter =
      std::find_if(waiters.begin(), waiters.end(), [number](const Waiter& each) { return each.number == number; });
  if (waiter == waiters.end()) return;
  const Lock::Granted done = std::move(waiter->done);
  waiters.erase(waiter);
  --waiting_;
  done(busy(key));
}

WaitingLines::Waiter WaitingLines::take_first(const std::string& key) {
  const auto line = lines_.find(key);
  Waiter first = std::move(line->second.waiters.front());
  line->second.waiters.pop_front();
  line->second.pause = {};
  if (line->second.waiters.empty()) lines_.erase(line);
  --waiting_;
  return first;
}

void WaitingLines::dismiss(const Error& why) {
  std::vector<std::string> keys;
  for (const auto& [key, line] : lines_)
    if (!line.trying) keys.push_back(key);
  for (const std::string& key : keys) failed(key, why);
}

void WaitingLines::take_back() {
  for (const auto& [key, mark] : std::exchange(in_doubt_, {}))
    scripts_.run(Script::release, {keys_.lock(key), keys_.waiting(key)}, {mark, keys_.channel(), key},
                 [](const redisReply*) {});
}

}  // namespace sagactl::redis
