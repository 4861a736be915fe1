// The Redis for the locks: access, latency, role, lock commands, eviction policy and clock.
#include <fmt/format.h>

#include "cli/dependencies/redis.hpp"
#include "cli/doctor/clock_difference.hpp"
#include "cli/doctor/finding.hpp"
#include "server/adapters/redis/redis_diagnosis.hpp"

namespace sagactl {
namespace {

constexpr Duration check_timeout = 2s;
constexpr Duration ping_warn = 5ms;

void inspect_ping(const RedisDiagnosis& diagnosis, const std::string& where, DoctorFindings& findings) {
  const std::string found =
      fmt::format("{} {}at {} answers in {}", diagnosis.product,
                  diagnosis.version.empty() ? "" : diagnosis.version + " ", where, format_duration(diagnosis.ping));
  if (diagnosis.ping > ping_warn)
    findings.push_back(
        {"Redis", CheckResult::warn, found, "every order waits for two round trips: use a Redis that is closer"});
  else
    findings.push_back({"Redis", CheckResult::ok, found});
}

void inspect_role(const RedisDiagnosis& diagnosis, DoctorFindings& findings) {
  if (diagnosis.role == "slave")
    findings.push_back({"Redis role", CheckResult::fail, "it is a replica and cannot grant locks", "use its master"});
}

void inspect_locks(const RedisDiagnosis& diagnosis, DoctorFindings& findings) {
  if (diagnosis.refused)
    findings.push_back({"Redis locks", CheckResult::fail, diagnosis.refused->message,
                        "until it is fixed, nodes accept orders without locks; the database alone rejects duplicates"});
  else
    findings.push_back({"Redis locks", CheckResult::ok, "a lock was taken, waited for, renewed, listed and released"});
}

void inspect_memory(const RedisDiagnosis& diagnosis, DoctorFindings& findings) {
  if (diagnosis.eviction.empty()) return;  // the user is not allowed to read it
  const bool keeps = diagnosis.eviction == "noeviction";
  if (keeps)
    findings.push_back({"Redis memory", CheckResult::ok, "does not evict keys"});
  else
    findings.push_back({"Redis memory", CheckResult::warn,
                        fmt::format("maxmemory-policy {}: locks may be evicted when memory is low", diagnosis.eviction),
                        "CONFIG SET maxmemory-policy noeviction, or use a separate Redis for the locks"});
}

// After a loss of its data, fencing tokens depend on its clock.
void inspect_clock(const RedisDiagnosis& diagnosis, Timestamp asked, Timestamp answered, DoctorFindings& findings) {
  const ClockDifference clock = clock_difference(diagnosis.time, asked, answered, 1);
  if (clock.certain_ms() > clock_difference_warn_ms)
    findings.push_back({"Redis clock", CheckResult::warn, clock.text(),
                        "run a time service (chrony, systemd-timesyncd) on both machines"});
  else
    findings.push_back({"Redis clock", CheckResult::ok, clock.text()});
}

}  // namespace

void inspect_redis(const Invocation& invocation, const RedisFlags& flags, DoctorFindings& findings) {
  const auto url = redis_url(flags.url, invocation.environment);
  if (url && url->empty()) return;  // locks are kept in the node's process
  const auto address =
      url ? parse_redis_url(*url, redis_security(flags, invocation.environment)) : Result<RedisAddress>(url.error());
  if (!address) {
    findings.push_back({"Redis", CheckResult::fail, address.error().message});
    return;
  }
  const Timestamp asked = wall_clock_now();
  const auto diagnosis = diagnose_redis(*address, check_timeout);
  const Timestamp answered = wall_clock_now();
  if (!diagnosis) {
    const bool unavailable = diagnosis.error().code == ErrorCode::unavailable;
    findings.push_back({"Redis", CheckResult::fail, diagnosis.error().message,
                        unavailable
                            ? "start it, or correct --redis or REDIS_HOST; until then nodes accept orders without locks"
                            : ""});
    return;
  }
  inspect_ping(*diagnosis, address->shown(), findings);
  inspect_role(*diagnosis, findings);
  inspect_locks(*diagnosis, findings);
  inspect_memory(*diagnosis, findings);
  inspect_clock(*diagnosis, asked, answered, findings);
}

}  // namespace sagactl
