#include "loadgen/profile/message_step.hpp"

#include <fmt/format.h>

namespace sagactl {
namespace {

std::string condition_text(const MessageCondition& condition, const std::string& value) {
  switch (condition.place) {
    case MessageCondition::Place::event:
      return fmt::format("the name {}", value);
    case MessageCondition::Place::key:
      return fmt::format("the key {}", value);
    case MessageCondition::Place::header:
      return fmt::format("the header {} = {}", condition.name, value);
    case MessageCondition::Place::pointer:
      return fmt::format("{} = {}", condition.name, value);
  }
  return {};
}

std::string awaited_text(const MessageStep& step, const std::vector<std::string>& texts) {
  std::string text = step.kind == MessageStep::Kind::events      ? "waits for an event"
                     : step.kind == MessageStep::Kind::websocket ? "waits for a message"
                                                                 : fmt::format("waits for a message of {}", step.topic);
  for (std::size_t i = 0; i < step.conditions.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? " with " : " and ", condition_text(step.conditions[i], texts[i]));
  return text + fmt::format(", for at most {}", format_duration(step.within));
}

std::string record_text(const MessageStep& step, const std::vector<std::string>& texts) {
  std::string text = fmt::format("sends to {}\nkey: {}\n", step.topic, texts[0]);
  for (std::size_t i = 0; i < step.headers.size(); ++i)
    text += fmt::format("header {}: {}\n", step.headers[i].first, texts[2 + i]);
  return text + fmt::format("\n{}", texts[1]);
}

}  // namespace

std::vector<std::string> message_templates(const MessageStep& step) {
  std::vector<std::string> texts;
  for (const MessageCondition& condition : step.conditions) texts.push_back(condition.value);
  texts.insert(texts.end(), step.send.begin(), step.send.end());
  if (step.kind != MessageStep::Kind::produce) return texts;
  texts.push_back(step.key);
  texts.push_back(step.value);
  for (const auto& [name, value] : step.headers) texts.push_back(value);
  return texts;
}

std::string message_description(const MessageStep& step, const std::vector<std::string>& texts) {
  if (step.kind == MessageStep::Kind::produce) return record_text(step, texts);
  std::string text;
  if (!step.from.empty()) text = fmt::format("on the connection of '{}'\n", step.from);
  for (std::size_t i = 0; i < step.send.size(); ++i)
    text += fmt::format("sends {}\n", texts[step.conditions.size() + i]);
  if (step.waits) text += awaited_text(step, texts) + "\n";
  if (step.stays_open) text += "stays open\n";
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace sagactl
