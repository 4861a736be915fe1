// --fault and --proxy-fault, and the printed plan of a run's faults.
#pragma once

#include <string>

#include "cli/invocation.hpp"
#include "loadgen/options.hpp"

namespace CLI {
class App;
}

namespace sagactl {

void add_fault_flags(CLI::App& app, FaultPlan& faults);

// Adds those of the profile; paths of pid files and URLs become what the run compares with. `invalid` names the fault.
Result<void> complete_faults(const Invocation& invocation, LoadOptions& options);

// For --dry-run: each fault in the order of its time, with what it is for. Checks what can be checked without hitting
// anything: that the proxy can do what it is asked at these targets.
Result<Json> fault_plan_json(const LoadOptions& options);
std::string fault_plan_text(const Json& plan);

}  // namespace sagactl
