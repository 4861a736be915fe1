// Brings the messages of Kafka's topics to the steps that wait for them: one reader for all journeys. A message that
// comes before its step waits is kept for a while. Any thread.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "loadgen/messages/message_plan.hpp"

namespace sagactl {

class MessageRoutes {
 public:
  // For each step; the oldest messages are dropped.
  struct Limits {
    std::int64_t kept_for_ns = 60'000'000'000;
    std::size_t kept_max = 100'000;
    std::size_t kept_size_max = 64u << 20;  // bytes
  };

  explicit MessageRoutes(const Limits& limits) : limits_(limits) {}
  MessageRoutes() : MessageRoutes(Limits{}) {}

  // Before the first message: a step that waits for messages of its topic. The plan outlives this.
  void add(const MessagePlan& plan);
  // Reports at once what has already come; a message is for one journey of each step.
  void wait(StepInProgress step);
  CancelledStep cancel(const MessagePlan& plan, StepTicket ticket);
  void received(const std::string& topic, SharedMessage message);

 private:
  struct Kept {
    SharedMessage message;
    std::string value;
  };
  using KeptList = std::list<Kept>;
  // Of one step. Messages and journeys find each other by the value of the step's
  // distinguishing condition.
  struct Route {
    std::unordered_multimap<std::string, StepInProgress> waiting;
    std::unordered_map<StepTicket, std::string> values;  // of those that wait
    KeptList kept;                                       // in the order in which they came
    std::unordered_multimap<std::string, KeptList::iterator> kept_by_value;
    std::size_t kept_size = 0;
    std::uint64_t came = 0, dropped = 0;
    SharedMessage last;
  };

  bool give(Route& route, const std::string& value, const SharedMessage& message);
  void keep(Route& route, std::string value, SharedMessage message);
  static void drop(Route& route, KeptList::iterator kept);
  static void report(const StepInProgress& step, const SharedMessage& message);

  const Limits limits_;
  std::mutex mutex_;
  std::map<const MessagePlan*, Route> routes_;
};

}  // namespace sagactl
