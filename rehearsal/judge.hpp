// Decides whether a trial shows that the saga and its participants hold.
#pragma once

#include "analysis/verdict.hpp"
#include "rehearsal/trial_run.hpp"

namespace sagactl {

// The saga ended as it has to; what is in effect is what the saga says. Without a probe the answers decide, as far as
// they can: a repeated call has the same answer. Whether a repeated call acted again they do not tell: UNKNOWN.
Verdict judge_trial(const SagaDefinition& definition, const TrialResult& result);

// The call as a command line for a shell.
std::string curl_line(const ParticipantCall& call);

}  // namespace sagactl
