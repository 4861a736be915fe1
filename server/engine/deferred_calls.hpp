// Calls that wait for their time, to be made on the engine's thread.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "common/steady_time.hpp"

namespace sagactl {

class DeferredCalls {
 public:
  // From any thread. After `close` the call is made here, at once.
  void put(SteadyTime at, std::function<void()> call);

  // Makes those whose time has come.
  void make_due(SteadyTime now);

  // Makes all of them; none waits from now on.
  void close();

  SteadyTime due() const;  // when the next is to be made

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
