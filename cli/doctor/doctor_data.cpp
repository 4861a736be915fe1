// The data directory, what may be read in it, the disk that it is on, and the secrets.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/dependencies/database.hpp"
#include "cli/doctor/finding.hpp"
#include "common/descriptors.hpp"

namespace sagactl {
namespace {

constexpr std::uint64_t megabyte = 1024 * 1024;
constexpr std::uint64_t space_needed_mb = 100, space_wanted_mb = 1024;
constexpr std::size_t secret_length_min = 32;
constexpr std::size_t descriptors_wanted = 4'096;

// The directory itself, or the nearest one above it that is there.
std::filesystem::path existing(std::filesystem::path path) {
  std::error_code ignored;
  while (!path.empty() && path != path.parent_path() && !std::filesystem::exists(path, ignored))
    path = path.parent_path();
  return path;
}

// Is it for its owner alone? True for what is not there.
bool is_private(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 || (status.st_mode & 077) == 0;
}

void examine_space(const std::filesystem::path& data, DoctorFindings& findings) {
  struct statvfs disk {};
  if (::statvfs(existing(data).c_str(), &disk) != 0) return;
  const std::uint64_t free_mb = disk.f_bavail * disk.f_frsize / megabyte;
  const std::string found = fmt::format("{} MB free for {}", free_mb, data.string());
  if (free_mb < space_needed_mb)
    findings.push_back(
        {"disk space", CheckResult::fail, found, "make room, or put the data elsewhere with --data"});
  else if (free_mb < space_wanted_mb)
    findings.push_back({"disk space", CheckResult::warn, found, "a million orders take about a gigabyte"});
  else
    findings.push_back({"disk space", CheckResult::ok, found});
}

// A node raises the limit to the hard one by itself.
void examine_descriptors(DoctorFindings& findings) {
  const std::size_t limit = descriptor_limit_at_most();
  const std::string found = fmt::format("{} files and connections may be open at a time", limit);
  if (limit < descriptors_wanted)
    findings.push_back({"descriptors", CheckResult::warn, found,
                        "further clients are answered 503: raise the hard limit (LimitNOFILE=, ulimit -Hn)"});
  else
    findings.push_back({"descriptors", CheckResult::ok, found});
}

}  // namespace

void examine_data(const Invocation& invocation, DoctorFindings& findings) {
  const auto data = invocation.data();
  std::error_code ignored;
  const auto above = existing(data);
  if (std::filesystem::exists(data, ignored) && !std::filesystem::is_directory(data, ignored))
    findings.push_back(
        {"data directory", CheckResult::fail, data.string() + " is no directory", "name another with --data"});
  else if (::access(above.c_str(), W_OK | X_OK) != 0)
    findings.push_back({"data directory", CheckResult::fail, above.string() + " cannot be written",
                        "run as its owner, or name another with --data"});
  else if (above != data)
    findings.push_back(
        {"data directory", CheckResult::ok, data.string() + " is not there yet; `sagactl serve` makes it"});
  else
    findings.push_back({"data directory", CheckResult::ok, data.string()});
  examine_space(data, findings);
  examine_descriptors(findings);
}

void examine_secrets(const Invocation& invocation, DoctorFindings& findings) {
  std::string open;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(invocation.data(), ignored)) {
    const std::string name = entry.path().filename().string();
    const bool secret = name.find("token") != std::string::npos || name.find("secret") != std::string::npos;
    if (secret && !is_private(entry.path())) open += (open.empty() ? "" : " ") + entry.path().string();
  }
  for (const char* name : {"credentials.json", "contexts.json"}) {
    const auto directory = invocation.environment.config_directory();
    const auto path = directory / name;
    if (!directory.empty() && !is_private(path)) open += (open.empty() ? "" : " ") + path.string();
  }
  const auto database = find_database(invocation);
  if (database && !database->is_postgres && !is_private(database->name)) open += (open.empty() ? "" : " ") + database->name;
  if (!open.empty())
    findings.push_back({"secrets", CheckResult::fail, "others may read " + open, "chmod 600 " + open});
  else
    findings.push_back({"secrets", CheckResult::ok, "files with secrets are for their owner alone"});

  for (const char* variable : {"JWT_SECRET", "JWT_REFRESH_SECRET"}) {
    const auto secret = invocation.environment.get(variable);
    if (secret && secret->size() < secret_length_min)
      findings.push_back({variable, CheckResult::fail,
                          fmt::format("has {} characters; `sagactl serve` takes {} or more", secret->size(),
                                      secret_length_min),
                          "openssl rand -hex 32 makes a good one; without it `sagactl serve` makes its own"});
  }
  const auto secret = invocation.environment.get("JWT_SECRET");
  if (secret && secret == invocation.environment.get("JWT_REFRESH_SECRET"))
    findings.push_back({"JWT_REFRESH_SECRET", CheckResult::fail, "is the same as JWT_SECRET, which `sagactl serve` refuses",
                        "unset it: it is made of the other then"});
}

}  // namespace sagactl
