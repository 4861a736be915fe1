#include "server/adapters/kafka/saga_message.hpp"

#include <fmt/format.h>

#include "common/text/json_object.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::kafka {
namespace {

constexpr int execution_max = 4095;

// Outcomes beside success and refusal; external participants need not use them.
constexpr const char* unavailable_outcome = "UNAVAILABLE";
constexpr const char* unknown_outcome = "UNKNOWN";
constexpr const char* awaited_outcome = "AWAITED";

Error wrong(std::string_view what) {
  return Error{ErrorCode::invalid, std::string(what)};
}

JsonObject envelope_of(SagaId saga, const std::string& command) {
  JsonObject object;
  object.add("sagaId", std::string(checkout_saga_prefix) + saga.text())
      .add("orderId", saga.text())
      .add("command", command);
  return object;
}

// The members of both objects; `more` may be empty.
std::string with_members(std::string object, std::string_view more) {
  if (more.size() <= 2) return object;
  object.back() = ',';
  object.append(more.substr(1));
  return object;
}

Outgoing message_of(std::string topic, SagaId saga, JsonObject object, const std::string& trace_parent) {
  Outgoing message;
  message.topic = std::move(topic);
  message.key = saga.text();
  message.value = object.take();
  if (!trace_parent.empty()) message.headers.emplace_back(traceparent_header, trace_parent);
  return message;
}

// An unsigned integer; 0 when there is none.
std::int64_t unsigned_member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number_unsigned() ? found->get<std::int64_t>() : 0;
}

struct Envelope {
  Json json, data;
  SagaId saga;
  std::size_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
};

// The step of the checkout that a command's name stands for, and the direction.
bool find_step(std::string_view command, Envelope& envelope) {
  const SagaDefinition& definition = *find_definition(checkout_saga);
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    const bool compensates = definition.steps[i].compensated_as == command;
    if (definition.steps[i].name != command && !compensates) continue;
    envelope.step = i;
    envelope.direction = compensates ? Direction::compensation : Direction::action;
    return true;
  }
  return false;
}

Result<Envelope> parse_envelope(const Incoming& message) {
  Envelope envelope;
  envelope.json = message.value ? read_json(*message.value) : Json(nullptr);
  if (!envelope.json.is_object()) return wrong("the message is not a JSON object");
  std::string id = text_or_empty(envelope.json, "sagaId");
  const auto saga = SagaId::parse(without_saga_prefix(id));
  if (!saga) return wrong("member 'sagaId' must be the id of a saga");
  envelope.saga = *saga;
  const std::string command = text_or_empty(envelope.json, "command");
  if (!find_step(command, envelope)) return wrong(fmt::format("the checkout has no command '{}'", command));
  if (const auto data = envelope.json.find("data"); data != envelope.json.end() && data->is_object())
    envelope.data = *data;
  else
    envelope.data = Json::object();
  if (const auto execution = envelope.data.find("attempt"); execution != envelope.data.end()) {
    if (!execution->is_number_integer() || execution->get<std::int64_t>() < 1 ||
        execution->get<std::int64_t>() > execution_max)
      return wrong("member 'data.attempt' must be a number from 1 to 4095");
    envelope.execution = execution->get<int>();
  }
  return envelope;
}

Result<Outcome> outcome_of(const Envelope& envelope) {
  const std::string status = text_or_empty(envelope.json, "status"), kind = text_or_empty(envelope.data, "outcome");
  std::string reason = text_or_empty(envelope.data, "reason");
  if (reason.empty()) reason = text_or_empty(envelope.data, "error");
  if (status == "SUCCESS") return Outcome{Succeeded{}};
  if (status != "FAILED") return wrong("member 'status' must be SUCCESS or FAILED");
  if (kind == unavailable_outcome) return Outcome{Unavailable{reason}};
  if (kind == unknown_outcome) return Outcome{UnknownOutcome{reason}};
  if (kind == awaited_outcome) return Outcome{Awaited{reason}};
  return Outcome{Refused{reason.empty() ? "refused by the participant" : reason}};
}

struct StatusMembers {
  const char* status;
  const char* outcome;  // null: the status is enough
  std::string reason;
};

StatusMembers status_members_of(const Outcome& outcome) {
  if (const auto* refused = std::get_if<Refused>(&outcome)) return {"FAILED", nullptr, refused->reason};
  if (const auto* unavailable = std::get_if<Unavailable>(&outcome))
    return {"FAILED", unavailable_outcome, unavailable->reason};
  if (const auto* unknown = std::get_if<UnknownOutcome>(&outcome)) return {"FAILED", unknown_outcome, unknown->reason};
  if (const auto* awaited = std::get_if<Awaited>(&outcome)) return {"FAILED", awaited_outcome, awaited->reason};
  return {"SUCCESS", nullptr, ""};
}

}  // namespace

Outgoing to_message(const RemoteCall& call, const std::string& topic_prefix) {
  std::string data = JsonObject()
                         .add("attempt", call.call.execution)
                         .add("try", call.call.tries)
                         .add("since", call.call.since.us)
                         .add("askFirst", call.call.ask_first)
                         .take();
  JsonObject object = envelope_of(call.call.saga, call.name);
  object.raw("data", with_members(std::move(data), call.data));
  return message_of(topic_prefix + std::string(orchestrator_commands), call.call.saga, std::move(object),
                    call.trace_parent);
}

Outgoing to_message(const RemoteReply& reply, const std::string& topic_prefix) {
  const StatusMembers members = status_members_of(reply.reply.outcome);
  JsonObject data;
  data.add("attempt", reply.reply.execution);
  if (reply.reply.tries > 0) data.add("try", reply.reply.tries).add("since", reply.reply.since.us);
  if (members.outcome) data.add("outcome", members.outcome);
  if (!members.reason.empty()) data.add("reason", members.reason);
  JsonObject object = envelope_of(reply.saga, reply.name);
  object.add("status", members.status).raw("data", with_members(data.take(), reply.data));
  return message_of(topic_prefix + std::string(orchestrator_replies), reply.saga, std::move(object),
                    reply.trace_parent);
}

Result<StepCall> to_step_call(const Incoming& message) {
  const auto envelope = parse_envelope(message);
  if (!envelope) return envelope.error();
  StepCall call;
  call.saga = envelope->saga;
  call.step = envelope->step;
  call.direction = envelope->direction;
  call.execution = envelope->execution;
  call.tries = static_cast<int>(unsigned_member(envelope->data, "try"));
  call.since = {unsigned_member(envelope->data, "since")};
  const auto ask = envelope->data.find("askFirst");
  call.ask_first = ask != envelope->data.end() && ask->is_boolean() && ask->get<bool>();
  return call;
}

Result<RemoteReply> to_remote_reply(const Incoming& message) {
  const auto envelope = parse_envelope(message);
  if (!envelope) return envelope.error();
  auto outcome = outcome_of(*envelope);
  if (!outcome) return outcome.error();
  RemoteReply reply;
  reply.name = text_or_empty(envelope->json, "command");
  reply.saga = envelope->saga;
  reply.reply = StepReply{envelope->step,
                          envelope->direction,
                          envelope->execution,
                          std::move(*outcome),
                          static_cast<int>(unsigned_member(envelope->data, "try")),
                          {unsigned_member(envelope->data, "since")}};
  reply.trace_parent = std::string(message.header(traceparent_header));
  return reply;
}

}  // namespace sagactl::kafka
