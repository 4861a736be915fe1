// The data directory: access, disk space, descriptors, and who can read its secrets.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/configuration/paths.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/doctor/finding.hpp"
#include "common/descriptors.hpp"

namespace sagactl {
namespace {

constexpr std::uint64_t megabyte = 1024 * 1024;
constexpr std::uint64_t space_min_mb = 100, space_warn_mb = 1024;
constexpr std::size_t secret_length_min = 32;
constexpr std::size_t descriptors_warn = 4'096;

// Whether only its owner can access it. True for a file that does not exist.
bool is_private(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 || (status.st_mode & 077) == 0;
}

void inspect_space(const std::filesystem::path& data, DoctorFindings& findings) {
  struct statvfs disk {};
  if (::statvfs(nearest_existing(data).c_str(), &disk) != 0) return;
  const std::uint64_t free_mb = disk.f_bavail * disk.f_frsize / megabyte;
  const std::string found = fmt::format("{} MB free for {}", free_mb, data.string());
  if (free_mb < space_min_mb)
    findings.push_back(
        {"disk space", CheckResult::fail, found, "free some space, or choose another directory with --data"});
  else if (free_mb < space_warn_mb)
    findings.push_back({"disk space", CheckResult::warn, found, "a million orders need about one gigabyte"});
  else
    findings.push_back({"disk space", CheckResult::ok, found});
}

// A node raises its limit to the hard limit itself.
void inspect_descriptors(DoctorFindings& findings) {
  const std::size_t limit = descriptor_limit_max();
  const std::string found = fmt::format("at most {} open files and connections", limit);
  if (limit < descriptors_warn)
    findings.push_back({"descriptors", CheckResult::warn, found,
                        "more clients get a 503: raise the hard limit (LimitNOFILE=, ulimit -Hn)"});
  else
    findings.push_back({"descriptors", CheckResult::ok, found});
}

}  // namespace

void inspect_data(const Invocation& invocation, DoctorFindings& findings) {
  const auto data = invocation.data();
  const std::string problem = data_directory_problem(data);
  if (!problem.empty())
    findings.push_back({"data directory", CheckResult::fail, problem, data_directory_hint});
  else if (nearest_existing(data) != data)
    findings.push_back(
        {"data directory", CheckResult::ok, data.string() + " does not exist yet; `sagactl serve` creates it"});
  else
    findings.push_back({"data directory", CheckResult::ok, data.string()});
  inspect_space(data, findings);
  inspect_descriptors(findings);
}

void inspect_secrets(const Invocation& invocation, DoctorFindings& findings) {
  std::string readable;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(invocation.data(), ignored)) {
    const std::string name = entry.path().filename().string();
    const bool secret = name.find("token") != std::string::npos || name.find("secret") != std::string::npos;
    if (secret && !is_private(entry.path())) readable += (readable.empty() ? "" : " ") + entry.path().string();
  }
  for (const char* name : {"credentials.json", "contexts.json"}) {
    const auto directory = invocation.environment.config_directory();
    const auto path = directory / name;
    if (!directory.empty() && !is_private(path)) readable += (readable.empty() ? "" : " ") + path.string();
  }
  const auto database = find_database(invocation);
  if (database && !database->is(DatabaseKind::postgres) && !is_private(database->name))
    readable += (readable.empty() ? "" : " ") + database->name;
  if (!readable.empty())
    findings.push_back({"secrets", CheckResult::fail, "other users can read " + readable, "chmod 600 " + readable});
  else
    findings.push_back({"secrets", CheckResult::ok, "only their owner can read the files with secrets"});

  for (const char* variable : {"JWT_SECRET", "JWT_REFRESH_SECRET"}) {
    const auto secret = invocation.environment.get(variable);
    if (secret && secret->size() < secret_length_min)
      findings.push_back(
          {variable, CheckResult::fail,
           fmt::format("has {} characters; `sagactl serve` needs at least {}", secret->size(), secret_length_min),
           "generate one with `openssl rand -hex 32`, or unset it: `sagactl serve` then generates its own"});
  }
  const auto secret = invocation.environment.get("JWT_SECRET");
  if (secret && secret == invocation.environment.get("JWT_REFRESH_SECRET"))
    findings.push_back({"JWT_REFRESH_SECRET", CheckResult::fail,
                        "is the same as JWT_SECRET, which `sagactl serve` refuses",
                        "unset it: it is then derived from JWT_SECRET"});
}

}  // namespace sagactl
