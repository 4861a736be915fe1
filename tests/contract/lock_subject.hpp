// The locks that the contract is held against, each with its own way of letting time pass.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/ports/lock.hpp"

namespace sagactl {

class LockSubject {
 public:
  virtual ~LockSubject() = default;
  virtual Lock& lock() = 0;
  virtual void end() = 0;      // destroys the lock
  virtual void restart() = 0;  // a new one in its place, that knows what outlives a process
  virtual Timestamp now() const = 0;
  // Lets time pass until `is_so`. False when that takes far longer than any test's locks live.
  virtual bool eventually(const std::function<bool()>& is_so) = 0;
  virtual Duration unit() const = 0;  // in which tests measure times to live
};

std::unique_ptr<LockSubject> memory_lock_subject();  // on simulated time
std::unique_ptr<LockSubject> redis_lock_subject();   // on real time, in a Redis that all tests share; null: none

}  // namespace sagactl
