#include "cli/version.hpp"

#include <fmt/format.h>

#include <ostream>

#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/invocation.hpp"

namespace sagactl {
namespace {

#ifdef NDEBUG
constexpr const char* build_type = "release";
#else
constexpr const char* build_type = "debug";
#endif

Result<ExitCode> run_version(Invocation& invocation) {
  if (invocation.wants_json())
    invocation.print(Json{{"version", SAGACTL_VERSION},
                          {"commit", SAGACTL_COMMIT},
                          {"build", build_type},
                          {"compiler", "g++ " __VERSION__}});
  else
    invocation.terminal.out << full_version_text() << '\n';
  return ExitCode::done;
}

}  // namespace

std::string version_number() {
  return SAGACTL_VERSION;
}

std::string version_revision() {
  return SAGACTL_COMMIT;
}

std::string version_text() {
  return fmt::format("{} ({})", SAGACTL_VERSION, SAGACTL_COMMIT);
}

std::string full_version_text() {
  return fmt::format("sagactl {} ({}, {}, g++ " __VERSION__ ")", SAGACTL_VERSION, SAGACTL_COMMIT, build_type);
}

void add_version(CLI::App& root, Commands& commands) {
  CLI::App* app = add_command(root, "version", "Show the version of this build", setup_group);
  commands.add(app, run_version);
  commands.work_without_settings(app);
}

}  // namespace sagactl
