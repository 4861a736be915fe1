// Commands to participants in other processes, and their replies. What is lost is asked again: the saga's timer calls
// once more, and barriers answer what was done before.
#pragma once

#include <string>
#include <vector>

#include "server/participants/flow.hpp"
#include "server/ports/consumer_progress.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {

struct RemoteCall {
  std::string name;  // of the step, or of its compensation: "RESERVE_INVENTORY", "RELEASE_INVENTORY"
  StepCall call;
  std::string data;  // what the participant may want to know of the order: a JSON object
  std::string trace_parent;
};

struct RemoteReply {
  std::string name;  // of the call
  SagaId saga;
  StepReply reply;
  std::string trace_parent;
};

class SagaExchange {
 public:
  virtual ~SagaExchange() = default;

  // Neither waits, nor says whether the message arrives. Any thread.
  virtual void send(const RemoteCall& call) = 0;
  virtual void send(const RemoteReply& reply) = 0;

  // Of everyone who reads messages for this process. Any thread.
  virtual std::vector<ConsumerProgress> consumers() const { return {}; }
};

}  // namespace sagactl
