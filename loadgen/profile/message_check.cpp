#include "loadgen/profile/message_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t topic_max = 249;  // Kafka's own limit

std::string_view kind_name(MessageStep::Kind kind) {
  switch (kind) {
    case MessageStep::Kind::events:
      return "events";
    case MessageStep::Kind::websocket:
      return "websocket";
    case MessageStep::Kind::produce:
      return "produce";
    case MessageStep::Kind::consume:
      return "consume";
  }
  return {};
}

class MessageCheck {
 public:
  MessageCheck(const Journey& journey, const JourneyStep& step)
      : journey_(journey), step_(step), message_(*step.message), kind_(kind_name(message_.kind)) {}

  std::vector<std::string> faults() {
    if (message_.is_of_kafka()) check_topic();
    check_conditions();
    if (!message_.from.empty()) check_from();
    const bool begins_with_cause = message_.waits && message_.send.empty();
    if (begins_with_cause && step_.pause.most > Duration{0})
      faults_.emplace_back("pause: has no meaning: the time of the step begins with the request before it");
    if (message_.waits && (message_.within < 1ms || message_.within > MessageStep::within_max))
      add("within", "must be from 1ms to 1h");
    if (message_.send.size() > MessageStep::texts_max)
      add("send", fmt::format("has more than {} texts", MessageStep::texts_max));
    const bool does_nothing =
        message_.kind != MessageStep::Kind::produce && !message_.waits && message_.send.empty() && !message_.stays_open;
    if (does_nothing) add("send", "is missing, and so is what the step waits for: what does it do?");
    return std::move(faults_);
  }

 private:
  void add(std::string_view member, std::string_view what) {
    faults_.push_back(fmt::format("{}.{}: {}", kind_, member, what));
  }

  void check_topic() {
    const auto is_wrong = [](char c) {
      return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-');
    };
    const std::string& topic = message_.topic;
    if (topic.empty()) return add("topic", "is missing");
    if (topic.size() > topic_max || std::any_of(topic.begin(), topic.end(), is_wrong))
      add("topic", "is not the name of a topic: it has up to 249 letters, digits and . _ -");
  }

  void check_conditions() {
    const std::vector<MessageCondition>& conditions = message_.conditions;
    if (conditions.size() > MessageStep::conditions_max)
      add("where", fmt::format("has more than {} conditions", MessageStep::conditions_max));
    for (const MessageCondition& condition : conditions)
      if (condition.place == MessageCondition::Place::pointer)
        if (const std::string fault = json_pointer_fault(condition.name); !fault.empty()) add("where", fault);
    const bool tells_apart = std::any_of(conditions.begin(), conditions.end(),
                                         [](const MessageCondition& condition) { return has_field(condition.value); });
    if (message_.kind == MessageStep::Kind::consume && !tells_apart)
      add("where", "or key or headers needs a field such as {order}: which message is this journey's?");
  }

  // The connection is that of an earlier step, which every journey that comes here has taken.
  void check_from() {
    std::vector<std::string> known;
    for (const auto* steps : {&journey_.before, &journey_.after}) {
      for (const JourneyStep& it : *steps) {
        if (&it == &step_) return unknown(known);
        const bool is_open = it.message && it.message->kind == message_.kind && it.message->stays_open &&
                             (it.branch.empty() || it.branch == step_.branch);
        if (is_open && it.name == message_.from) return;
        if (is_open) known.push_back(it.name);
      }
    }
  }

  void unknown(const std::vector<std::string>& known) {
    const std::string near = nearest(message_.from, known);
    add("from", fmt::format("'{}' is no earlier step with {} that stays_open{}", message_.from, kind_,
                            near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }

  const Journey& journey_;
  const JourneyStep& step_;
  const MessageStep& message_;
  const std::string_view kind_;
  std::vector<std::string> faults_;
};

}  // namespace

bool has_field(std::string_view text) {
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1))
    if (field_size(text.substr(at)) > 0) return true;
  return false;
}

bool uses_kafka(const Journey& journey) {
  for (const auto* steps : {&journey.before, &journey.after})
    for (const JourneyStep& step : *steps)
      if (step.message && step.message->is_of_kafka()) return true;
  return false;
}

std::vector<std::string> message_faults(const Journey& journey, const JourneyStep& step) {
  return MessageCheck(journey, step).faults();
}

}  // namespace sagactl
