// Faults in a profile: [[fault]] and [[proxy_fault]].
#pragma once

#include "cli/configuration/toml_members.hpp"
#include "loadgen/faults/fault_plan.hpp"

namespace sagactl {

void read_faults(TomlMembers& members, FaultPlan& faults);

}  // namespace sagactl
