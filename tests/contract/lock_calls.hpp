// A lock's calls as calls that wait for their answer, for tests.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "server/ports/lock.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {

template <class T, class Start>
Result<T> answer_of(Start start) {
  const auto answer = std::make_shared<std::promise<Result<T>>>();
  auto future = answer->get_future();
  start([answer](Result<T> result) { answer->set_value(std::move(result)); });
  if (future.wait_for(hang_limit) != std::future_status::ready) return Error{ErrorCode::bug, "the lock did not answer"};
  return future.get();
}

inline Result<LockGrant> acquire(Lock& lock, const std::string& key, const std::string& holder = "a",
                                 Duration ttl = 10s, Duration patience = 0s) {
  return answer_of<LockGrant>([&](auto done) { lock.acquire(key, holder, ttl, patience, done); });
}
inline Result<bool> release(Lock& lock, const LockGrant& grant) {
  return answer_of<bool>([&](auto done) { lock.release(grant, done); });
}
inline Result<bool> renew(Lock& lock, const LockGrant& grant, Duration ttl) {
  return answer_of<bool>([&](auto done) { lock.renew(grant, ttl, done); });
}
inline Result<std::vector<LockState>> held(Lock& lock, std::size_t limit = 10) {
  return answer_of<std::vector<LockState>>([&](auto done) { lock.held(limit, done); });
}
inline Result<std::vector<LockState>> state(Lock& lock, const std::string& key) {
  return answer_of<std::vector<LockState>>([&](auto done) { lock.state(key, done); });
}

}  // namespace sagactl
