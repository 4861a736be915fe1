// The machines that sent a load test together, in a report. Empty for a load that one process sent.
#pragma once

#include <string>

#include "common/text/json.hpp"

namespace sagactl {

std::string agents_section(const Json& json);  // a text table
// The clock of an agent: "+0.12 ms, known to 0.05".
std::string agent_clock_text(const Json& agent);
// "finished", or why and when it was lost.
std::string agent_end_text(const Json& agent);

}  // namespace sagactl
