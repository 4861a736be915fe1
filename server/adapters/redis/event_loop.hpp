// The thread of a Redis client: runs posted tasks, timers, and the handlers of sockets that are ready.
//
// hiredis' asynchronous API on an Asio loop would not be less code: it needs an adapter to Asio, its timer restarts at
// every read and write where ours runs from when a command was sent, and its context frees itself within callbacks.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace sagactl::redis {

class EventLoop {
 public:
  using Steady = std::chrono::steady_clock;
  using Time = Steady::time_point;
  using Task = std::function<void()>;

  // Polled; its state is read before every wait.
  class Socket {
   public:
    virtual ~Socket() = default;
    virtual int fd() const = 0;          // -1: not open
    virtual short interest() const = 0;  // events of poll()
    virtual std::optional<Time> deadline() const = 0;
    virtual void ready(short events) = 0;
    virtual void expire(Time now) = 0;  // after every wait: the deadline may have passed
  };

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;

  void post(Task task);  // from any thread
  // On the loop's thread, or before it runs.
  void after(Steady::duration delay, Task task);
  void add(Socket& socket) { sockets_.push_back(&socket); }

  void run();         // until stopped
  void run_posted();  // the tasks that were posted since
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
