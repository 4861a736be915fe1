// Calls that wait for their time, to be made on the engine's thread.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "common/time.hpp"

namespace sagactl {

class DeferredCalls {
 public:
  // From any thread. After `close` the call is made here, at once.
  void put(Timestamp now, Timestamp at, std::function<void()> call);

  // Makes those whose time has come. A clock that was set back makes none wait.
  void make_due(Timestamp now);

  // Makes all of them; none waits from now on.
  void close();

  Timestamp due() const;  // when the next is to be made

 private:
  struct Deferred {
    Timestamp since, at;
    std::function<void()> call;
  };

  mutable std::mutex mutex_;
  std::vector<Deferred> calls_;
  bool closed_ = false;
};

}  // namespace sagactl
