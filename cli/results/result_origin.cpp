#include "cli/results/result_origin.hpp"

#include "cli/version.hpp"

namespace sagactl {

ResultOrigin result_origin(const Invocation& invocation) {
  ResultOrigin origin;
  origin.command = invocation.command;
  origin.version = version_text();
  origin.machine = this_machine();
  return origin;
}

}  // namespace sagactl
