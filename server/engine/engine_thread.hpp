// The thread that calls a server's engine.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/engine/engine.hpp"

namespace sagactl {

class EngineThread {
 public:
  // Calls the engine's turn() until destroyed. The engine and the clock outlive this.
  EngineThread(Engine& engine, Clock& clock);
  // Waits for the current turn, and calls the engine's stop().
  ~EngineThread();

 private:
  void run();

  Engine& engine_;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool work_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sagactl
