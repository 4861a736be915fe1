// Definitions of long running actions (LRAs): docs/lra.md. An LRA is a saga whose steps come one by one: its definition
// is stored with it and grows as participants join. Its first step waits until the LRA is closed or cancelled; it is
// the pivot. Then comes a step for each participant, done by its `complete` and undone by its `compensate`, and one for
// each that wants to hear how the LRA ended. A nested LRA has a second step that waits for its parent, and is a
// participant of that; participants that may have to compensate after they completed have a step in which they hear
// that they may forget. Rules: Eclipse MicroProfile LRA 2.0.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

inline constexpr std::string_view lra_saga = "lra";
// The step that waits until the LRA is closed or cancelled.
inline constexpr std::string_view lra_active_step = "active";
// Of a nested one: the step that waits, once it is closed, until its parent says that it stays so, or cancels it.
inline constexpr std::string_view lra_parent_step = "parent";
inline constexpr std::size_t lra_parent_step_index = 1;
// The version of a definition says which steps are not of participants.
inline constexpr int lra_version = 1, nested_lra_version = 2;
// How deep LRAs are nested: a nested id has the id of its parent within it.
inline constexpr int lra_levels_max = 5;
inline constexpr std::size_t lra_url_max = 2048;  // bytes of a participant's URL

// The URLs under which a participant is called, as it gave them. Empty: none.
struct LraLinks {
  std::string compensate, complete, status, forget, after;
  std::string participant;  // by which it may name itself

  friend bool operator==(const LraLinks&, const LraLinks&) = default;
};

struct LraParticipant {
  LraLinks links;
  std::string data;  // what it wants to be told with each call
  Timestamp joined_at;
  Timestamp left_at = {};             // not set: it has not left
  std::optional<SagaId> nested = {};  // it is this LRA, which is nested

  bool has_left() const { return left_at != Timestamp{}; }
};

struct LraDefinition {
  std::string coordinator;  // "http://node:3000/lra-coordinator", as its clients reach it
  Duration limit{0};        // from its start, in which it has to be closed; 0: none
  std::string parent = {};  // the id of the LRA in which it is nested; empty: none
  int level = 0;            // in how many LRAs it is nested
  std::vector<LraParticipant> participants;

  bool is_nested() const { return !parent.empty(); }
};

// The id of an LRA: an absolute URL, from which clients take the coordinator's address. That of a nested one names its
// parent: "http://node:3000/lra-coordinator/<saga>?ParentLRA=<id, percent-encoded>".
std::string lra_id(const LraDefinition& lra, SagaId saga);
// The saga of such an id, or of its last segment alone, also percent-encoded; none when there is none in it.
std::optional<SagaId> saga_of_lra_id(std::string_view id);
// Under which a nested LRA is a participant of its parent.
LraLinks links_of_nested(const LraDefinition& lra, SagaId saga);

// The canonical JSON: a member "lra" with the members of the struct.
Json lra_definition_json(const LraDefinition& lra);

// The participant with these links; none when it has not joined, or has left.
std::optional<std::size_t> find_lra_participant(const LraDefinition& lra, const LraLinks& links);
// The participant that calls itself so: by any of its URLs, or by what stands before their "/compensate".
std::optional<std::size_t> find_lra_participant(const LraDefinition& lra, std::string_view url);

// How many steps a participant has: one for what it does, one for what it hears, and one in which it hears that it may
// forget, if it may have to compensate once it has completed: as a nested LRA, or as a participant of one.
std::size_t lra_steps_of(const LraDefinition& lra, const LraParticipant& participant);
// The first of them: the participant's name is that of this step ("01").
std::size_t first_lra_step(const LraDefinition& lra, std::size_t participant);
std::string lra_step_name(std::size_t step);
// The participant to which a step belongs. Precondition: it is one of a participant.
std::size_t lra_participant_of(const LraDefinition& lra, std::size_t step);

// A URL with what no URL may hold (blanks, quotes, bytes above 0x7F) percent-encoded, without a fragment, and otherwise
// as it is.
std::string sendable_url(std::string_view url);

// Internal to compile_definition().
Result<SagaDefinition> compile_lra_definition(const Json& definition);

}  // namespace sagactl
