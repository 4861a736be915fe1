// What `sagactl doctor` found about one thing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/dependencies/database.hpp"
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
  CheckResult health = CheckResult::ok;
  std::string found;
  std::string advice = {};  // what to do; empty when all is well
};

using DoctorFindings = std::vector<DoctorFinding>;

constexpr double skew_warn_ms = 1'000;  // between the clocks of two machines

struct KafkaUnderTest {
  std::string brokers;  // empty: those of the environment
  KafkaUse use;
};

// Each looks at one part of what a node needs (doctor_*.cpp).
void examine_data(const Invocation& invocation, DoctorFindings& findings);
void examine_database(const Invocation& invocation, DoctorFindings& findings);
void examine_redis(const Invocation& invocation, const std::string& flag, DoctorFindings& findings);
void examine_toss(const Invocation& invocation, const TossAccount& given, DoctorFindings& findings);
void examine_postgres(const DatabaseName& database, DoctorFindings& findings);
void examine_kafka(const Invocation& invocation, const KafkaUnderTest& given, DoctorFindings& findings);
void examine_secrets(const Invocation& invocation, DoctorFindings& findings);
void examine_shared_secrets(const Invocation& invocation, DoctorFindings& findings);
void examine_nodes(const Invocation& invocation, DoctorFindings& findings);

}  // namespace sagactl
