#include "server/adapters/kafka/event_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/text/json_object.hpp"
#include "server/ports/bus.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::kafka {
namespace {

// Members that are not the event's own data.
constexpr std::string_view envelope[] = {"type",        "correlationId", "occurredAt",     "timestamp", "eventId",
                                         "aggregateId", "aggregateType", "version",        "nodeId",    "sequence",
                                         "metadata",    "stepName",      "completedSteps", "data"};
// More of them, in replies to the orchestrator.
constexpr std::string_view reply_members[] = {"sagaId", "command", "status"};

// The value of a string member of an event's data, which needs no unescaping; "" when there is none. `prefix` is the
// member's name with its quotes, the colon and the quote after it.
std::string_view plain_member(std::string_view data, std::string_view prefix) {
  const std::size_t at = data.find(prefix);
  if (at == data.npos) return {};
  const std::string_view rest = data.substr(at + prefix.size());
  return rest.substr(0, rest.find('"'));
}

constexpr std::string_view step_prefix = R"("step":")", saga_type_prefix = R"("sagaType":")";

// A member whose value needs no escaping. `begin` is all that comes before the value.
void append_plain(std::string& text, std::string_view begin, std::string_view value) {
  text.append(begin).append(value) += '"';
}

void append_number(std::string& text, std::string_view begin, std::int64_t number) {
  const fmt::format_int digits(number);
  text.append(begin).append(digits.data(), digits.size());
}

// When an event happened. Those of one commit mostly share it.
struct WrittenTime {
  Timestamp time;
  std::string us = iso8601_us(time), ms = iso8601_ms(time);
};

// The listed steps of the saga up to that one, or all of them. Steps complete in their order.
void append_completed_steps(std::string& text, std::string_view saga_type, std::string_view last) {
  text += ",\"completedSteps\":[";
  if (const SagaDefinition* definition = find_definition(saga_type)) {
    bool is_first = true;
    for (const StepDefinition& step : definition->steps) {
      if (step.listed) text.append(std::exchange(is_first, false) ? "\"" : ",\"").append(step.name) += '"';
      if (step.name == last) break;
    }
  }
  text += ']';
}

// Members of the messages of sagas beside the event's data.
void add_saga_members(std::string& text, const Event& event, const Event* before, const WrittenTime& at) {
  const std::string_view step = plain_member(event.data, step_prefix);
  if (!step.empty()) append_plain(text, R"(,"stepName":")", step);
  if (event.type == EventType::saga_step_completed || event.type == EventType::saga_completed)
    append_completed_steps(text, plain_member(event.data, saga_type_prefix), step);
  const bool follows = before && before->type == EventType::order_created && before->order == event.order;
  if (event.type == EventType::saga_started && follows) text.append(",\"data\":").append(before->data);
  append_plain(text, R"(,"timestamp":")", at.ms);
}

// Whether the messages of the choreography say if what they report has succeeded.
bool has_status(std::string_view saga_type, AggregateType aggregate) {
  return saga_type == checkout_choreography_saga &&
         (aggregate == AggregateType::payment || aggregate == AggregateType::inventory);
}

// Members of the messages of other systems' participants beside the event's data: those to the orchestrator are
// replies.
void add_type_members(std::string& text, const Event& event, const WrittenTime& at) {
  append_plain(text, R"(,"sagaType":")", event.saga_type);
  append_plain(text, R"(,"timestamp":")", at.ms);
  const TopicRule* rule = topic_rule_of(event);
  if (rule && has_status(event.saga_type, event.aggregate_type))
    text += fmt::format(",\"status\":\"{}\"", rule->refused ? "FAILED" : "SUCCESS");
  if (!rule || rule->command.empty()) return;
  text += fmt::format(",\"sagaId\":\"{}{}\",\"command\":\"{}\",\"status\":\"{}\",\"data\":{}", checkout_saga_prefix,
                      event.order.text(), rule->command, rule->refused ? "FAILED" : "SUCCESS", event.data);
}

std::string value_of(const Event& event, const Event* before, const WrittenTime& at, const std::string& correlation,
                     const std::string& id) {
  std::string text;
  text.reserve(event.data.size() + event.metadata.size() + 512);
  append_plain(text, R"({"type":")", to_string(event.type));
  if (event.data.size() > 2) text.append(",").append(event.data, 1, event.data.size() - 2);
  if (event.aggregate_type == AggregateType::saga)
    add_saga_members(text, event, before, at);
  else if (!event.saga_type.empty())
    add_type_members(text, event, at);
  text += ",\"correlationId\":";
  append_json_string(text, correlation);
  append_plain(text, R"(,"occurredAt":")", at.us);
  append_plain(text, R"(,"eventId":")", id);
  append_plain(text, R"(,"aggregateId":")", event.aggregate.text());
  append_plain(text, R"(,"aggregateType":")", to_string(event.aggregate_type));
  append_number(text, R"(,"version":)", event.version);
  append_plain(text, R"(,"nodeId":")", event.node);
  append_number(text, R"(,"sequence":)", event.sequence);
  if (!event.metadata.empty()) text.append(",\"metadata\":").append(event.metadata);
  text += '}';
  return text;
}

// The event's data: the message's value without the envelope.
std::string data_of(Json json, AggregateType aggregate) {
  for (const std::string_view name : envelope) json.erase(std::string(name));
  if (aggregate != AggregateType::saga) {
    if (has_status(text_or_empty(json, "sagaType"), aggregate)) json.erase("status");
    json.erase("sagaType");
    if (json.contains("command"))
      for (const std::string_view name : reply_members) json.erase(std::string(name));
  }
  return json_text(json);
}

std::size_t copies_of(std::span<const Event> events) {
  return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const Event& event) {
    const TopicRule* rule = topic_rule_of(event);
    return rule && !rule->copied_to.empty();
  }));
}

}  // namespace

std::string event_id(const Event& event) {
  const fmt::format_int sequence(event.sequence);
  std::string id = event.node;
  id += ':';
  return id.append(sequence.data(), sequence.size());
}

std::vector<Outgoing> to_messages(std::span<const Event> events, const std::string& topic_prefix) {
  std::vector<Outgoing> messages;
  messages.reserve(events.size() + copies_of(events));
  const Event* before = nullptr;
  WrittenTime at;
  for (const Event& event : events) {
    if (event.occurred_at != at.time) at = {event.occurred_at};
    const std::string id = event_id(event);
    Outgoing& message = messages.emplace_back();
    message.topic = topic_prefix + std::string(topic_of(event));
    message.key = event.correlation.empty() ? event.order.text() : event.correlation;
    message.value = value_of(event, before, at, message.key, id);
    message.headers.reserve(5);
    message.headers.emplace_back(event_id_header, id);
    message.headers.emplace_back(event_type_header, to_string(event.type));
    message.headers.emplace_back(node_header, event.node);
    message.headers.emplace_back(sequence_header, std::to_string(event.sequence));
    if (!event.trace_parent.empty()) message.headers.emplace_back(traceparent_header, event.trace_parent);
    if (const TopicRule* rule = topic_rule_of(event); rule && !rule->copied_to.empty()) {
      Outgoing copy{topic_prefix + std::string(rule->copied_to), message.key, message.value, {{copy_of_header, id}}};
      messages.push_back(std::move(copy));
    }
    before = &event;
  }
  return messages;
}

std::optional<Event> to_event(const Incoming& message) {
  const auto type = from_string<EventType>(message.header(event_type_header));
  const std::string_view sequence = message.header(sequence_header);
  if (!type || !message.value) return std::nullopt;
  Event event;
  event.type = *type;
  event.node = message.header(node_header);
  const auto read = std::from_chars(sequence.data(), sequence.data() + sequence.size(), event.sequence);
  const Json json = read_json(*message.value);
  if (read.ec != std::errc() || !json.is_object()) return std::nullopt;
  const auto aggregate_type = from_string<AggregateType>(text_or_empty(json, "aggregateType"));
  const auto aggregate = Uuid::parse(text_or_empty(json, "aggregateId"));
  const auto occurred_at = parse_iso8601(text_or_empty(json, "occurredAt"));
  const auto version = json.find("version");
  if (!aggregate_type || !aggregate || !occurred_at || version == json.end() || !version->is_number_integer())
    return std::nullopt;
  event.aggregate_type = *aggregate_type;
  event.aggregate = *aggregate;
  event.version = version->get<int>();
  event.occurred_at = *occurred_at;
  event.correlation = text_or_empty(json, "correlationId");
  event.trace_parent = message.header(traceparent_header);
  if (const auto order = OrderId::parse(text_or_empty(json, "orderId"))) event.order = *order;
  if (const auto metadata = json.find("metadata"); metadata != json.end()) event.metadata = json_text(*metadata);
  event.saga_type = text_or_empty(json, "sagaType");
  event.data = data_of(json, event.aggregate_type);
  return event;
}

}  // namespace sagactl::kafka
