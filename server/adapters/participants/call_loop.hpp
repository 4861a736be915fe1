// The thread that makes all calls.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/adapters/participants/http_participant_caller.hpp"
#include "server/adapters/participants/loop_parts.hpp"
#include "server/adapters/participants/participant_target.hpp"

namespace sagactl {

class CallLoop {
 public:
  CallLoop(ParticipantCallerOptions options, AllowList allow, std::optional<CallProxy> proxy, Clock& clock);
  ~CallLoop();
  CallLoop(const CallLoop&) = delete;
  CallLoop& operator=(const CallLoop&) = delete;

  // Any thread.
  void call(PendingCalls call);
  void withdraw(SagaId saga);
  void set_node_url(std::string url);
  void set_guard(std::function<bool()> may_begin);
  std::vector<ParticipantStats> stats() const;

 private:
  // What other threads give to this one. It outlives the loop while the resolver owes an answer.
  struct Inbox {
    Inbox();
    ~Inbox();
    void wake() const;

    const int event;  // an eventfd
    std::mutex mutex;
    PendingCalls calls;
    std::vector<SagaId> withdrawn;
    std::vector<std::pair<std::uint64_t, Result<Addresses>>> resolved;
    std::string node_url;
    bool is_awake = false;  // it will look in here before it sleeps
    bool is_stopping = false;
    std::atomic<bool> has_withdrawn = false;
  };

  void run();
  void wait_for_events();
  void read_inbox();
  void take_withdrawals();
  void withdraw_waiting(SagaId saga);
  void submit(PendingCalls call, SteadyTime now);
  ParticipantTarget* target_of(const ParticipantCall& call);
  void turn(SteadyTime now);
  void forget_targets(SteadyTime now);
  void stop();

  const int epoll_;
  const std::shared_ptr<Inbox> inbox_;
  LoopParts parts_;
  mutable std::mutex targets_mutex_;  // for stats(): held by the loop when it adds or removes one
  std::unordered_map<std::string, std::unique_ptr<ParticipantTarget>> targets_;
  std::unordered_map<std::uint64_t, ParticipantTarget*> by_number_;
  std::uint64_t targets_made_ = 0;
  std::string key_;        // of the target of the next call
  PendingCalls arriving_;  // taken from the inbox and not looked at yet
  std::vector<WheelEntry*> due_;
  SteadyTime turn_at_{}, forget_at_{};
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace sagactl
