#include "server/adapters/message_participants/participant_message.hpp"

#include <fmt/format.h>

#include <charconv>

#include "common/text/json.hpp"
#include "common/text/json_object.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t answer_bytes_max = 1024 * 1024;
constexpr std::size_t answer_depth_max = 64;
constexpr double retry_after_max_s = 365 * 86'400;
constexpr const char* message_id_header = "message-id";
constexpr const char* reply_to_header = "reply-to";
constexpr const char* idempotency_key_header = "idempotency-key";

std::string_view direction_text(Direction direction, bool is_question) {
  if (is_question) return "ask";
  return direction == Direction::action ? "do" : "undo";
}

std::string id_of(const StepCall& call, std::string_view step, bool is_question) {
  return fmt::format("{}/{}/{}/{}/{}/{}", call.saga.text(), step, direction_text(call.direction, is_question),
                     call.execution, call.tries, call.since.us);
}

Error wrong(std::string message) {
  return Error{ErrorCode::invalid, std::move(message)};
}

std::string_view header_of(const ParticipantCall& call, std::string_view name) {
  for (const auto& [each, value] : call.headers)
    if (each == name) return value;
  return {};
}

std::string key_of(const ParticipantCall& call) {
  std::string_view key = header_of(call, "Idempotency-Key");
  if (key.size() > 1 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  return std::string(key);
}

template <class Number>
bool read_whole_number(std::string_view text, Number& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size();
}

// "<saga>/<step>/<do, undo or ask>/<execution>/<try>/<since>"
bool read_message_id(const std::string& id, MessageAnswer& out) {
  const std::vector<std::string> parts = split(id, '/');
  if (parts.size() != 6 || parts[1].empty()) return false;
  const auto saga = SagaId::parse(parts[0]);
  if (!saga) return false;
  out.call.saga = *saga;
  out.step = parts[1];
  if (parts[2] != "do" && parts[2] != "undo" && parts[2] != "ask") return false;
  out.call.direction = parts[2] == "undo" ? Direction::compensation : Direction::action;
  out.is_question = parts[2] == "ask";
  return read_whole_number(parts[3], out.call.execution) && read_whole_number(parts[4], out.call.tries) &&
         read_whole_number(parts[5], out.call.since.us) && out.call.execution > 0 && out.call.tries > 0;
}

Result<std::optional<Duration>> read_retry_after_s(const Json& json) {
  const auto found = json.find("retryAfter");
  if (found == json.end() || found->is_null()) return std::optional<Duration>();
  if (!found->is_number() || !(found->get<double>() >= 0) || found->get<double>() > retry_after_max_s)
    return wrong("`retryAfter` is no number of seconds");
  return std::optional(Duration{static_cast<std::int64_t>(found->get<double>() * 1e6)});
}

Result<void> read_body(const Json& json, ParticipantAnswer& out) {
  const auto body = json.find("body");
  if (body == json.end() || body->is_null()) return {};
  out.body = json_text(*body);
  if (out.body.size() <= message_answer_max) return {};
  // What it says counts as little as an answer over HTTP of that size.
  out.said = Said::unknown;
  out.failure = fmt::format("its body has more than {} KB", message_answer_max / 1024);
  out.body.clear();
  return {};
}

}  // namespace

std::string answers_topic(const std::string& topic) {
  return topic + answers_suffix;
}

std::string message_id(const ParticipantCall& call) {
  return id_of(call.call, call.definition->steps[call.call.step].name, call.is_question);
}

std::string message_id(const MessageAnswer& answer) {
  return id_of(answer.call, answer.step, answer.is_question);
}

kafka::Outgoing to_message(const ParticipantCall& call, const std::string& node, Timestamp expires_at,
                           const std::string& topic_prefix) {
  const std::string topic = topic_prefix + call.definition->participants[call.participant].topic;
  const std::string id = message_id(call), key = key_of(call), saga = call.call.saga.text();
  const std::string trace(header_of(call, "traceparent"));
  JsonObject value;
  value.add("type", call.command)
      .add("messageId", id)
      .add("idempotencyKey", key)
      .add("sagaId", saga)
      .add("step", call.definition->steps[call.call.step].name)
      .add("direction", direction_text(call.call.direction, call.is_question))
      .add("try", call.call.tries)
      .add("replyTo", node)
      .add("answerTo", answers_topic(topic))
      .add("expiresAt", iso8601_ms(expires_at));
  if (!call.body.empty()) value.raw("body", call.body);
  kafka::Outgoing out{topic, saga, value.take(), {}};
  out.headers = {{message_id_header, id}, {idempotency_key_header, key}, {reply_to_header, node}};
  if (!trace.empty()) out.headers.emplace_back(kafka::traceparent_header, trace);
  return out;
}

Result<MessageAnswer> to_message_answer(const kafka::Incoming& message, const std::string& topic_prefix) {
  if (!message.value) return wrong("the message has no value");
  if (message.value->size() > answer_bytes_max) return wrong("the message has more than 1 MB");
  if (is_nested_deeper(*message.value, answer_depth_max))
    return wrong(fmt::format("the message is nested deeper than {}", answer_depth_max));
  const Json json = read_json(*message.value);
  if (!json.is_object()) return wrong("the message is no JSON object");
  MessageAnswer out;
  const std::string id = text_or_empty(json, "inReplyTo"), outcome = text_or_empty(json, "outcome");
  if (id.empty()) return wrong("`inReplyTo` is missing: the messageId of the command");
  if (!read_message_id(id, out)) return wrong("`inReplyTo` is no messageId of a command");
  out.answer.said = from_string<Said>(outcome);
  if (!out.answer.said) return wrong("`outcome` is none of done, refused, again, unknown, under-way and not-found");
  out.answer.failure = text_or_empty(json, "reason");
  auto retry_after = read_retry_after_s(json);
  if (!retry_after) return retry_after.error();
  out.answer.retry_after = *retry_after;
  if (auto read = read_body(json, out.answer); !read) return read.error();
  out.topic = message.topic;
  if (out.topic.starts_with(topic_prefix)) out.topic.erase(0, topic_prefix.size());
  if (out.topic.ends_with(answers_suffix)) out.topic.resize(out.topic.size() - std::string_view(answers_suffix).size());
  return out;
}

}  // namespace sagactl
