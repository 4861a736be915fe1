// The findings of `sagactl doctor`, and the functions that make them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/dependencies/database.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/dependencies/redis.hpp"
#include "cli/invocation.hpp"
#include "common/text/spelling.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"
#include "server/node/node.hpp"

namespace sagactl {

enum class CheckResult : std::uint8_t { ok, warn, fail };

template <>
struct Spelling<CheckResult> {
  static constexpr std::string_view names[] = {"ok", "warn", "fail"};
};

struct DoctorFinding {
  std::string subject;  // "disk space"
  CheckResult result = CheckResult::ok;
  std::string found;
  std::string advice = {};  // how to fix it; empty when it is ok
};

using DoctorFindings = std::vector<DoctorFinding>;

struct KafkaToCheck {
  KafkaFlags flags;  // without brokers: those of the environment
  KafkaUse use;
};

// Each checks one dependency of a node (doctor_*.cpp).
void inspect_data(const Invocation& invocation, DoctorFindings& findings);
void inspect_database(const Invocation& invocation, DoctorFindings& findings);
void inspect_redis(const Invocation& invocation, const RedisFlags& flags, DoctorFindings& findings);
void inspect_toss(const Invocation& invocation, const TossAccount& given, DoctorFindings& findings);
void inspect_postgres(const DatabaseName& database, DoctorFindings& findings);
void inspect_kafka(const Invocation& invocation, const KafkaToCheck& given, DoctorFindings& findings);
void inspect_secrets(const Invocation& invocation, DoctorFindings& findings);
void inspect_shared_secrets(const Invocation& invocation, DoctorFindings& findings);
void inspect_nodes(const Invocation& invocation, DoctorFindings& findings);

}  // namespace sagactl
