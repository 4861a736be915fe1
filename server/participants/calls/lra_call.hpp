// The requests to participants of LRAs, and what their answers mean: docs/lra.md. Internal to participant_request.hpp.
// Rules: MicroProfile LRA 2.0, and the headers of Narayana's coordinator 1.1.
#pragma once

#include "common/result.hpp"
#include "server/participants/calls/participant_call.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

Result<ParticipantCall> lra_request_of(const Saga& saga, const StepCall& call, const Moment& moment);
Outcome read_lra_answer(const ParticipantCall& call, const ParticipantAnswer& answer);

// The answer of a nested LRA that has been told `word`, as version 2.0 of the API has it: 200 with its status as a
// participant's, 202 while it is under way, 409 when it has failed, 410 when it is cancelled and need not do that.
ParticipantAnswer nested_lra_answer(const Saga& nested, LraWord word);

// Where its status is found: an id may have a query.
std::string lra_status_url(const LraDefinition& lra, SagaId saga);
// Under which a participant is found and moved; it stands in each call to it.
std::string lra_recovery_url(const LraDefinition& lra, SagaId saga, std::size_t participant);

}  // namespace sagactl
