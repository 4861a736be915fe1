// Commands to participants in other processes, and their replies. A lost message is sent again: the saga's timer
// repeats the call, and barriers answer what was already carried out.
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
  std::string data;  // the order's data for the participant: a JSON object
  std::string trace_parent;
};

struct RemoteReply {
  std::string name;  // of the call
  SagaId saga;
  StepReply reply;
  std::string trace_parent;
  std::string data = {};  // what the participant says of a step that is done: a JSON object, or empty
};

class SagaExchange {
 public:
  virtual ~SagaExchange() = default;

  // Neither blocks nor reports whether the message arrives. Any thread.
  virtual void send(const RemoteCall& call) = 0;
  virtual void send(const RemoteReply& reply) = 0;

  // All consumers of messages in this process. Any thread.
  virtual std::vector<ConsumerProgress> consumers() const { return {}; }
};

}  // namespace sagactl
