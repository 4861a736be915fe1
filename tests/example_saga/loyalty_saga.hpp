// The example of docs/writing-a-saga.md: a customer pays an order with loyalty points. A definition, its commands, and
// nothing else.
#pragma once

#include <vector>

#include "server/participants/participant_command.hpp"

namespace sagactl::example {

inline constexpr std::string_view loyalty_saga = "LoyaltySaga";
inline constexpr std::int64_t units_max = 10;  // of one order

// The points that the order costs: one for each 1.00, rounded up. The points of a customer are stock.
std::vector<ReservationLine> points_for(const Order& order);

// Refuses orders of more than `units_max` units.
StepResult check_units(const StepSite& site);

SagaDefinition loyalty_definition();
std::vector<ParticipantCommand> loyalty_commands();

}  // namespace sagactl::example
