// What the payment participant does about a payment by itself, when its saga has gone back and does not ask any more.
//
// A charge that was in doubt, and that the provider then did not know of, may still come through: a request that was
// held up on its way, or a provider that answered from a copy that was behind. So the provider is asked again after
// `Policy::charge_checks`. A charge that is found in effect, in this way or by a late answer, is given back, however
// often that has to be tried. What the provider refuses to give back, a person sees: the saga requires manual
// intervention, and a retry asks the provider once more.
#pragma once

#include "server/participants/perform.hpp"

namespace sagactl {

// Begins to ask again for a charge that was given up as not made.
void watch_charge(Payment& payment, const Policy& policy, const Moment& moment);

// The calls that are due now. Each payment's next one is set for the time at which this one counts as lost.
std::vector<GatewayCall> due_checks(Flow& flow, const Moment& moment);

// Records the answer to such a call and returns the events. `retry`: nothing waits for it.
Result<std::vector<Event>> record_check(Flow& flow, int execution, const Outcome& outcome, const GatewayReply& gateway,
                                        const Policy& policy, const Moment& moment);

// Has what could not be given back tried again. False: there is nothing of that kind.
bool retry_refunds(Flow& flow, const Moment& moment);

}  // namespace sagactl
