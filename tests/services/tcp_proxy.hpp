// A faulty network: a proxy on the loopback address between a client and a server, for tests and for tools/chaos. It
// forwards bytes, delays them, drops them, forwards one direction only, or resets the connections.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <thread>

#include "common/result.hpp"

namespace sagactl {

class TcpProxy {
 public:
  enum class Mode {
    pass,
    delay,       // everything arrives later by `delay`
    black_hole,  // connections stay open and are accepted, no bytes arrive
    half_close,  // the server's direction is shut down, the client's continues
    cut,         // open connections are reset, new ones too
  };

  // Listens at `port` (0: a free one) and forwards to `target_port`, both on 127.0.0.1.
  static Result<std::unique_ptr<TcpProxy>> start(std::uint16_t port, std::uint16_t target_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const { return port_; }
  void set(Mode mode, std::chrono::milliseconds delay = {});

 private:
  using Clock = std::chrono::steady_clock;
  struct Chunk {
    Clock::time_point due;
    std::string bytes;
  };
  struct Direction {  // from one side to the other
    int from = -1, to = -1;
    std::deque<Chunk> chunks;
    std::size_t held = 0;
    bool ended = false;   // `from` has sent its last byte
    bool closed = false;  // and `to` was shut down
  };
  struct Link {
    Direction up, down;  // client to server, server to client
    bool broken = false;
  };

  TcpProxy(int listener, std::uint16_t port, std::uint16_t target_port, int wake_read, int wake_write);
  void run();
  void accept_one();
  void apply_mode();
  void move_bytes(Link& link, Direction& direction, bool readable);
  int milliseconds_to_wait() const;

  const int listener_;
  const std::uint16_t port_, target_port_;
  const int wake_read_, wake_write_;
  std::atomic<Mode> mode_ = Mode::pass;
  std::atomic<std::int64_t> delay_ms_ = 0;
  std::atomic<bool> stopping_ = false;
  std::list<Link> links_;
  std::thread thread_;
};

}  // namespace sagactl
