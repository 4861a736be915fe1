// A step with messages, ready to run, and one that is in progress.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "loadgen/messages/received_message.hpp"
#include "loadgen/messages/step_inbox.hpp"

namespace sagactl {

struct MessagePlan {
  explicit MessagePlan(const MessageStep& described);

  const MessageStep step;
  const std::vector<MessageTest> tests;
  // The condition whose value differs the most from journey to journey: the first that has a field.
  std::size_t distinguishing = 0;
  std::size_t opened_by = 0;  // the step whose connection it uses; itself where it opens one
};

// `texts` are the step's message_templates(), filled in.
struct StepInProgress {
  const MessagePlan* plan = nullptr;
  StepTicket ticket = 0;
  std::shared_ptr<StepInbox> inbox;
  std::vector<std::string> texts;

  bool is_met_by(const ReceivedMessage& message) const { return meets(message, plan->tests, texts); }
  StepReport report() const {
    StepReport made;
    made.ticket = ticket;
    return made;
  }
};

// What a step that was cancelled had got to.
struct CancelledStep {
  bool was_connected = true;
  std::string what_came;  // instead of what it waits for, for people
};

}  // namespace sagactl
