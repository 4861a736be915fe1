// Definitions of long running actions (LRAs): docs/lra.md. An LRA is a saga whose steps come one by one: its definition
// is stored with it and grows as participants join. Its first step waits until the LRA is closed or cancelled; it is
// the pivot. Then comes a step for each participant, done by its `complete` and undone by its `compensate`, and one for
// each that wants to hear how the LRA ended. Rules: Eclipse MicroProfile LRA 2.0.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

inline constexpr std::string_view lra_saga = "lra";
// The step that waits until the LRA is closed or cancelled.
inline constexpr std::string_view lra_active_step = "active";
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
  Timestamp left_at = {};  // not set: it has not left

  bool has_left() const { return left_at != Timestamp{}; }
};

struct LraDefinition {
  std::string coordinator;  // "http://node:3000/lra-coordinator", as its clients reach it
  Duration limit{0};        // from its start, in which it has to be closed; 0: none
  std::vector<LraParticipant> participants;
};

// The canonical JSON: a member "lra" with the members of the struct.
Json lra_definition_json(const LraDefinition& lra);

// The participant with these links; none when it has not joined, or has left.
std::optional<std::size_t> find_lra_participant(const LraDefinition& lra, const LraLinks& links);
// The participant that calls itself so: by any of its URLs, or by what stands before their "/compensate".
std::optional<std::size_t> find_lra_participant(const LraDefinition& lra, std::string_view url);

// How many steps a participant has: one for what it does, and one for what it hears in the end.
std::size_t lra_steps_of(const LraLinks& links);
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
