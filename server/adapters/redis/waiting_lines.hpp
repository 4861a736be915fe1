// Who waits for which lock, in this process: one line for each key, whose first tries to get the lock from Redis
// while the others stand behind it. So however many wait here, Redis is asked by one for each key; and the first is
// woken when the lock is released, or looks again by itself after a pause that grows and is partly chance.
// All on the loop's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/random.hpp"
#include "server/adapters/redis/keys.hpp"
#include "server/adapters/redis/loop.hpp"
#include "server/adapters/redis/scripts.hpp"
#include "server/ports/lock.hpp"

namespace sagactl::redis {

class WaitingLines {
 public:
  struct Waiter {
    std::string holder;
    Duration ttl{};
    Loop::Time until;  // its patience
    Lock::Granted done;
    std::uint64_t number = 0;
  };

  WaitingLines(Loop& loop, Session& session, Scripts& scripts, const Keys& keys, std::uint64_t seed);

  void join(const std::string& key, Waiter waiter);
  void wake(const std::string& key);  // it may be free
  // Tells all who do not await an answer of Redis right now, which will come.
  void dismiss(const Error& why);
  // Takes back what Redis may have granted in an answer that never came.
  void take_back();

  std::int64_t highest_token() const { return highest_token_; }

 private:
  struct Line {
    std::deque<Waiter> waiters;
    bool trying = false;     // the first has asked Redis
    bool woken = false;      // while it did
    std::uint64_t turn = 0;  // that it waits for: an earlier one's timer does nothing
    Duration pause{};
  };

  void try_first(const std::string& key);
  void answered(const std::string& key, const std::string& mark, const redisReply* reply);
  void granted(const std::string& key, const redisReply& reply);
  void still_held(const std::string& key, std::int64_t left_ms);
  void failed(const std::string& key, const Error& why);
  void look_again(const std::string& key, Line& line, std::int64_t left_ms, Loop::Time now);
  void give_up(const std::string& key, std::uint64_t number);
  Waiter take_first(const std::string& key);

  Loop& loop_;
  Session& session_;
  Scripts& scripts_;
  const Keys& keys_;
  Random random_;
  const std::string client_;
  std::unordered_map<std::string, Line> lines_;
  std::deque<std::pair<std::string, std::string>> in_doubt_;  // key and mark
  std::size_t waiting_ = 0;
  std::uint64_t numbers_ = 0, turns_ = 0;
  std::int64_t highest_token_ = 0;
};

}  // namespace sagactl::redis
