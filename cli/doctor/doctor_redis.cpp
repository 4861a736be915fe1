// The Redis of the locks: does it answer, does it take our password, will it keep what it is given?
#include <fmt/format.h>

#include <cmath>

#include "cli/doctor/finding.hpp"
#include "cli/dependencies/redis.hpp"
#include "server/adapters/redis/redis_checkup.hpp"

namespace sagactl {
namespace {

constexpr Duration patience = 2s;
constexpr Duration ping_wanted = 5ms;
constexpr double skew_wanted_ms = 1'000;

void examine_ping(const RedisCheckup& checkup, const std::string& where, DoctorFindings& findings) {
  const std::string found = fmt::format("Redis {}at {} answers in {}", checkup.version.empty() ? "" : checkup.version + " ",
                                        where, format_duration(checkup.ping));
  if (checkup.ping > ping_wanted)
    findings.push_back({"Redis", CheckResult::warn, found, "every order waits for it twice: bring it nearer"});
  else
    findings.push_back({"Redis", CheckResult::ok, found});
}

void examine_role(const RedisCheckup& checkup, DoctorFindings& findings) {
  if (checkup.role == "slave")
    findings.push_back({"Redis role", CheckResult::fail, "it is a replica and gives no locks", "name its master"});
}

void examine_locks(const RedisCheckup& checkup, DoctorFindings& findings) {
  if (checkup.refused)
    findings.push_back({"Redis locks", CheckResult::fail, checkup.refused->message,
                        "nodes take orders without locks till then; the database alone refuses duplicates"});
  else
    findings.push_back({"Redis locks", CheckResult::ok, "one was taken, waited for, renewed, listed and released"});
}

void examine_memory(const RedisCheckup& checkup, DoctorFindings& findings) {
  if (checkup.eviction.empty()) return;  // this user may not ask
  const bool keeps = checkup.eviction == "noeviction";
  if (keeps)
    findings.push_back({"Redis memory", CheckResult::ok, "keeps what it is given"});
  else
    findings.push_back({"Redis memory", CheckResult::warn,
                        fmt::format("maxmemory-policy {}: locks may vanish when memory is short", checkup.eviction),
                        "CONFIG SET maxmemory-policy noeviction, or give the locks a Redis of their own"});
}

// Fencing tokens lean on its clock when it has lost its data.
void examine_clock(const RedisCheckup& checkup, Timestamp asked, Timestamp answered, DoctorFindings& findings) {
  const Timestamp ours = asked + (answered - asked) / 2;
  const double skew_ms = static_cast<double>((checkup.time - ours).count()) / 1000;
  const double doubt_ms = static_cast<double>((answered - asked).count()) / 2000 + 1;
  const std::string found =
      fmt::format("{:+.0f} ms against this machine, give or take {:.0f} ms", skew_ms, doubt_ms);
  if (std::abs(skew_ms) - doubt_ms > skew_wanted_ms)
    findings.push_back(
        {"Redis clock", CheckResult::warn, found, "run a time service (chrony, systemd-timesyncd) on both"});
  else
    findings.push_back({"Redis clock", CheckResult::ok, found});
}

}  // namespace

void examine_redis(const Invocation& invocation, const std::string& flag, DoctorFindings& findings) {
  const auto url = redis_url(flag, invocation.environment);
  if (url && url->empty()) return;  // locks are kept in the nodes' process
  const auto address = url ? parse_redis_url(*url) : Result<RedisAddress>(url.error());
  if (!address) {
    findings.push_back({"Redis", CheckResult::fail, address.error().message});
    return;
  }
  const Timestamp asked = wall_clock_now();
  const auto checkup = examine_redis(*address, patience);
  const Timestamp answered = wall_clock_now();
  if (!checkup) {
    const bool away = checkup.error().code == ErrorCode::unavailable;
    findings.push_back({"Redis", CheckResult::fail, checkup.error().message,
                        away ? "start it, or correct --redis or REDIS_HOST; nodes take orders without locks till then"
                             : ""});
    return;
  }
  examine_ping(*checkup, address->shown(), findings);
  examine_role(*checkup, findings);
  examine_locks(*checkup, findings);
  examine_memory(*checkup, findings);
  examine_clock(*checkup, asked, answered, findings);
}

}  // namespace sagactl
