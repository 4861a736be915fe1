// The parts of a definition while it is read: what the checks across parts need, and their canonical JSON.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/definitions/members.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// A request of a step: `call`, `undo` or `ask`; or of a rehearsal: `advance`.
struct RequestSource {
  Found at;
  std::string method;  // "post"; empty: a message
  Found url;
  std::string participant;  // none: not known
  Found body;
  Json canonical = Json::object();
};

struct ParticipantSource {
  std::string name;
  Found at;
  Position name_at;
  bool is_message = false;
  bool is_used = false;
  Found probe;  // how a rehearsal asks what is in effect
  Found advance_at;
  std::optional<RequestSource> advance;  // how a rehearsal sets the participant's clock forward
  Json canonical = Json::object();
};

struct StepSource {
  std::string name;
  Found at;
  Position name_at;
  StepKind kind = StepKind::call;
  Found after;  // none: after the step before
  std::vector<std::size_t> comes_after;
  std::optional<RequestSource> call, undo, ask;
  std::vector<std::string> keep;
  std::set<std::size_t> before;  // all steps that come before it, by any way
  Json canonical = Json::object();
};

struct DefinitionSource {
  Json input;  // its schema; null: any input
  std::vector<ParticipantSource> participants;
  std::vector<StepSource> steps;
  std::optional<std::size_t> pivot;
  // False when names or `after` are wrong: what follows from the order is left unchecked then.
  bool has_order = true;

  std::optional<std::size_t> step(std::string_view name) const;
  ParticipantSource* participant(std::string_view name);
  std::vector<std::string> names_of_steps() const;
  std::vector<std::string> names_of_participants(bool by_message) const;
};

// Each reads its part and reports what is wrong with it, on its own and beside the parts read before.
void read_participants(Findings& findings, const Found& at, DefinitionSource& out);
void read_steps(Findings& findings, const Found& at, DefinitionSource& out);
// A request, with the participant that it names. `default_participant` of an undo or a question by message is
// that of the call.
std::optional<RequestSource> read_request(Findings& findings, const Found& at, std::string_view what,
                                          DefinitionSource& out, const RequestSource* call);
// `after`, circles, and what is before and after the pivot.
void check_graph(Findings& findings, const Found& pivot, DefinitionSource& out);
// The paths in braces: of requests, probes, the result, and those by which sagas are found.
void check_values(Findings& findings, const Found& result, const DefinitionSource& definition);
// done, refused and again: lists of status codes.
void read_answer_rules(Findings& findings, const Members& step, Json& canonical);

}  // namespace sagactl
