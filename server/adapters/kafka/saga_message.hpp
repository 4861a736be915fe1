// Commands of the orchestrator and the replies to them, as messages: docs/remote-participants.md.
#pragma once

#include <string>

#include "common/result.hpp"
#include "server/adapters/kafka/client/message.hpp"
#include "server/ports/saga_exchange.hpp"

namespace sagactl::kafka {

Outgoing to_message(const RemoteCall& call, const std::string& topic_prefix);
Outgoing to_message(const RemoteReply& reply, const std::string& topic_prefix);

// `invalid` for what can never be understood: no JSON, members missing, a command that the checkout does not have.
Result<StepCall> to_step_call(const Incoming& message);
Result<RemoteReply> to_remote_reply(const Incoming& message);

}  // namespace sagactl::kafka
