// Whether the steps of a journey that have messages can be carried out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "loadgen/profile/journey.hpp"

namespace sagactl {

// What is wrong with the step, each with its member: "events.within: must be from 1ms to 1h". Its templates are checked
// elsewhere.
std::vector<std::string> message_faults(const Journey& journey, const JourneyStep& step);

// Whether a template has a field, whatever its name.
bool has_field(std::string_view text);

// Whether a step sends a message to Kafka or waits for one.
bool uses_kafka(const Journey& journey);

}  // namespace sagactl
