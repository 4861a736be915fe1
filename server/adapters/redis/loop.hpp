// The thread of a Redis client: it runs what is posted to it, what is due, and what its sockets are ready for.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace sagactl::redis {

class Loop {
 public:
  using Steady = std::chrono::steady_clock;
  using Time = Steady::time_point;
  using Task = std::function<void()>;

  // Looked at before every wait.
  class Socket {
   public:
    virtual ~Socket() = default;
    virtual int fd() const = 0;  // -1: none now
    virtual short interest() const = 0;
    virtual std::optional<Time> deadline() const = 0;
    virtual void ready(short events) = 0;
    virtual void expire(Time now) = 0;  // when the deadline may have passed
  };

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;

  void post(Task task);  // from any thread
  // On the loop's thread, or before it runs.
  void after(Steady::duration delay, Task task);
  void add(Socket& socket) { sockets_.push_back(&socket); }

  void run();         // until stopped
  void run_posted();  // what was posted since
  void stop();        // on the loop's thread

 private:
  void run_due();
  void wait();
  int wait_ms() const;

  const int wake_fd_;
  std::mutex mutex_;
  std::vector<Task> posted_;
  bool stopping_ = false;
  std::vector<Socket*> sockets_;
  std::multimap<Time, Task> timers_;
};

}  // namespace sagactl::redis
