// What `sagactl doctor` found about one thing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/serve/database.hpp"
#include "cli/invocation.hpp"
#include "common/text/spelling.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"
#include "server/node/node.hpp"

namespace sagactl {

enum class Health : std::uint8_t { ok, warn, fail };

template <>
struct Spelling<Health> {
  static constexpr std::string_view names[] = {"ok", "warn", "fail"};
};

struct Finding {
  std::string subject;  // "disk space"
  Health health = Health::ok;
  std::string found;
  std::string advice = {};  // what to do; empty when all is well
};

using Findings = std::vector<Finding>;

constexpr double skew_warn_ms = 1'000;  // between the clocks of two machines

struct KafkaUnderTest {
  std::string brokers;  // empty: those of the environment
  KafkaUse use;
};

// Each looks at one part of what a node needs (doctor_*.cpp).
void examine_data(const Invocation& invocation, Findings& findings);
void examine_database(const Invocation& invocation, Findings& findings);
void examine_redis(const Invocation& invocation, const std::string& flag, Findings& findings);
void examine_toss(const Invocation& invocation, const TossAccount& given, Findings& findings);
void examine_postgres(const DatabaseName& database, Findings& findings);
void examine_kafka(const Invocation& invocation, const KafkaUnderTest& given, Findings& findings);
void examine_secrets(const Invocation& invocation, Findings& findings);
void examine_shared_secrets(const Invocation& invocation, Findings& findings);
void examine_nodes(const Invocation& invocation, Findings& findings);

}  // namespace sagactl
