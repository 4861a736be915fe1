// What the payment participant does about a payment on its own, once the saga has compensated and no longer asks.
//
// A charge that was in doubt, and that the provider then did not know, may still take effect: its request was delayed,
// or the provider answered from a stale replica. So the provider is queried again after `Policy::charge_checks`. A
// charge that is found in effect, by such a query or by a late answer, is refunded, with as many tries as needed. When
// the provider refuses the refund, the saga requires manual intervention, and an operator's retry calls the provider
// again.
#pragma once

#include "server/participants/perform.hpp"

namespace sagactl {

// Schedules the first query for a charge that was recorded as not made.
void schedule_charge_check(Payment& payment, const Policy& policy, const Moment& moment);

// The calls that are due now. Each payment's next check is set to the time at which this call counts as lost.
std::vector<GatewayCall> calls_of_due_checks(Flow& flow, const Moment& moment);

// Records the answer to such a call and returns the events. `retry`: no check expects it.
Result<std::vector<Event>> record_check(Flow& flow, int execution, const Outcome& outcome, const GatewayReply& gateway,
                                        const Policy& policy, const Moment& moment);

// Schedules the refunds that failed for another try. False: there are none.
bool retry_refunds(Flow& flow, const Moment& moment);

}  // namespace sagactl
