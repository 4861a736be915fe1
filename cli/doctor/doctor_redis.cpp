// The Redis of the locks: does it answer, does it take our password, will it keep what it is given?
#include <fmt/format.h>

#include <cmath>

#include "cli/doctor/finding.hpp"
#include "cli/serve/redis.hpp"
#include "server/adapters/redis/redis_diagnosis.hpp"

namespace sagactl {
namespace {

constexpr Duration patience = 2s;
constexpr Duration ping_wanted = 5ms;
constexpr double skew_wanted_ms = 1'000;

void examine_ping(const RedisDiagnosis& diagnosis, const std::string& where, Findings& findings) {
  const std::string found = fmt::format("Redis {}at {} answers in {}", diagnosis.version.empty() ? "" : diagnosis.version + " ",
                                        where, format_duration(diagnosis.ping));
  if (diagnosis.ping > ping_wanted)
    findings.push_back({"Redis", Health::warn, found, "every order waits for it twice: bring it nearer"});
  else
    findings.push_back({"Redis", Health::ok, found});
}

void examine_role(const RedisDiagnosis& diagnosis, Findings& findings) {
  if (diagnosis.role == "slave")
    findings.push_back({"Redis role", Health::fail, "it is a replica and gives no locks", "name its master"});
}

void examine_locks(const RedisDiagnosis& diagnosis, Findings& findings) {
  if (diagnosis.refused)
    findings.push_back({"Redis locks", Health::fail, diagnosis.refused->message,
                        "nodes take orders without locks till then; the database alone refuses duplicates"});
  else
    findings.push_back({"Redis locks", Health::ok, "one was taken, waited for, renewed, listed and released"});
}

void examine_memory(const RedisDiagnosis& diagnosis, Findings& findings) {
  if (diagnosis.eviction.empty()) return;  // this user may not ask
  const bool keeps = diagnosis.eviction == "noeviction";
  if (keeps)
    findings.push_back({"Redis memory", Health::ok, "keeps what it is given"});
  else
    findings.push_back({"Redis memory", Health::warn,
                        fmt::format("maxmemory-policy {}: locks may vanish when memory is short", diagnosis.eviction),
                        "CONFIG SET maxmemory-policy noeviction, or give the locks a Redis of their own"});
}

// Fencing tokens lean on its clock when it has lost its data.
void examine_clock(const RedisDiagnosis& diagnosis, Timestamp asked, Timestamp answered, Findings& findings) {
  const Timestamp ours = asked + (answered - asked) / 2;
  const double skew_ms = static_cast<double>((diagnosis.time - ours).count()) / 1000;
  const double doubt_ms = static_cast<double>((answered - asked).count()) / 2000 + 1;
  const std::string found =
      fmt::format("{:+.0f} ms against this machine, give or take {:.0f} ms", skew_ms, doubt_ms);
  if (std::abs(skew_ms) - doubt_ms > skew_wanted_ms)
    findings.push_back(
        {"Redis clock", Health::warn, found, "run a time service (chrony, systemd-timesyncd) on both"});
  else
    findings.push_back({"Redis clock", Health::ok, found});
}

}  // namespace

void examine_redis(const Invocation& invocation, const std::string& flag, Findings& findings) {
  const auto url = redis_url(flag, invocation.environment);
  if (url && url->empty()) return;  // locks are kept in the nodes' process
  const auto address = url ? parse_redis_url(*url) : Result<RedisAddress>(url.error());
  if (!address) {
    findings.push_back({"Redis", Health::fail, address.error().message});
    return;
  }
  const Timestamp asked = wall_clock_now();
  const auto diagnosis = diagnose_redis(*address, patience);
  const Timestamp answered = wall_clock_now();
  if (!diagnosis) {
    const bool away = diagnosis.error().code == ErrorCode::unavailable;
    findings.push_back({"Redis", Health::fail, diagnosis.error().message,
                        away ? "start it, or correct --redis or REDIS_HOST; nodes take orders without locks till then"
                             : ""});
    return;
  }
  examine_ping(*diagnosis, address->shown(), findings);
  examine_role(*diagnosis, findings);
  examine_locks(*diagnosis, findings);
  examine_memory(*diagnosis, findings);
  examine_clock(*diagnosis, asked, answered, findings);
}

}  // namespace sagactl
