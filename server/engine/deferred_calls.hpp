// Functions to be called on the engine's thread at a later time.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "common/steady_time.hpp"

namespace sagactl {

class DeferredCalls {
 public:
  // From any thread. After `close` the function is called here, immediately.
  void put(SteadyTime at, std::function<void()> call);

  // Calls those that are due.
  void run_due(SteadyTime now);

  // Calls all of them. Later ones are called immediately.
  void close();

  SteadyTime due() const;  // when the next one is due

 private:
  struct Deferred {
    SteadyTime at;
    std::function<void()> call;
  };

  mutable std::mutex mutex_;
  std::vector<Deferred> calls_;
  bool closed_ = false;
};

}  // namespace sagactl
