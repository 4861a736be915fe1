#include "cli/loadtest/profile/message_file.hpp"

#include <fmt/format.h>

#include "cli/loadtest/profile/read_duration.hpp"
#include "loadgen/profile/profile_headers.hpp"

namespace sagactl {
namespace {

void read_pairs(TomlMembers& members, const char* name, MessageCondition::Place place, MessageStep& step) {
  std::vector<std::pair<std::string, std::string>> pairs;
  members.pairs(name, pairs);
  for (auto& [at, value] : pairs) step.conditions.push_back({place, std::move(at), std::move(value)});
}

void read_text(TomlMembers& members, const char* name, MessageCondition::Place place, MessageStep& step) {
  std::string value;
  members.text(name, value);
  if (!value.empty()) step.conditions.push_back({place, "", std::move(value)});
}

// Of what comes over a connection.
void read_stream(TomlMembers& members, MessageStep& step) {
  members.text("from", step.from);
  members.flag("stays_open", step.stays_open);
  if (!step.from.empty() && step.stays_open)
    members.fail("stays_open", "is for the step that opens the connection, and `from` names another");
  read_pairs(members, "where", MessageCondition::Place::pointer, step);
  read_duration(members, "within", step.within);
  const bool says_what = !step.conditions.empty() || members.has("within");
  step.waits = says_what || (step.send.empty() && !step.stays_open);
}

void read_event_stream(TomlMembers& members, MessageStep& step) {
  read_text(members, "event", MessageCondition::Place::event, step);
  read_stream(members, step);
}

void read_websocket(TomlMembers& members, MessageStep& step) {
  members.texts("send", step.send);
  read_stream(members, step);
}

void read_produce(TomlMembers& members, MessageStep& step) {
  step.waits = false;
  members.text("topic", step.topic);
  members.text("key", step.key);
  members.text("value", step.value);
  members.pairs("headers", step.headers);
}

void read_consume(TomlMembers& members, MessageStep& step) {
  members.text("topic", step.topic);
  read_text(members, "key", MessageCondition::Place::key, step);
  read_pairs(members, "headers", MessageCondition::Place::header, step);
  read_pairs(members, "where", MessageCondition::Place::pointer, step);
  read_duration(members, "within", step.within);
}

void add_header(RequestHeaders& headers, const char* name, const char* value) {
  if (find_header(headers, name) == nullptr) headers.emplace_back(name, value);
}

}  // namespace

void read_message(TomlMembers& members, JourneyStep& step) {
  struct KindOfStep {
    const char* name;
    MessageStep::Kind kind;
    void (*read)(TomlMembers&, MessageStep&);
  };
  for (const auto& [name, kind, read] : {KindOfStep{"events", MessageStep::Kind::events, read_event_stream},
                                         KindOfStep{"websocket", MessageStep::Kind::websocket, read_websocket},
                                         KindOfStep{"produce", MessageStep::Kind::produce, read_produce},
                                         KindOfStep{"consume", MessageStep::Kind::consume, read_consume}}) {
    if (!members.has(name)) continue;
    if (step.message) members.fail(name, "is there beside another kind: a step is of one kind");
    step.message.emplace();
    step.message->kind = kind;
    members.tables(name, [&, read_step = read](TomlMembers& it) { read_step(it, *step.message); });
  }
  if (!step.message) return;
  for (const char* name : {"body", "form", "multipart", "graphql", "expect", "until", "method"})
    if (members.has(name)) members.fail(name, "is for requests, and this step is none");
  if (!step.message->opens()) {
    for (const char* name : {"path", "headers"})
      if (members.has(name)) members.fail(name, "is for a step that opens a connection");
    return;
  }
  if (step.path.empty()) members.fail("path", "is missing: where is the connection opened?");
  if (step.message->kind != MessageStep::Kind::events) return;
  add_header(step.headers, "Accept", "text/event-stream");
  add_header(step.headers, "Cache-Control", "no-store");
}

}  // namespace sagactl
