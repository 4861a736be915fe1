// The Kafka brokers of a command, from --kafka or the environment.
#pragma once

#include "cli/commands.hpp"
#include "cli/invocation.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"

namespace sagactl {

// Adds --kafka and --kafka-client-id, which the environment variables of a node set as well.
void add_kafka_flags(CLI::App& app, Commands& commands, std::string& brokers, std::string& client_id);

// `flag`, else the brokers from the environment; empty when none are configured.
Result<std::string> brokers_of(const Environment& environment, const std::string& flag = {});

}  // namespace sagactl
