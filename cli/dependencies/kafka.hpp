// The Kafka of a command: its brokers and how to log in there, from flags, the environment and files.
#pragma once

#include "cli/commands.hpp"
#include "cli/dependencies/serve_choices.hpp"
#include "cli/invocation.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"

namespace sagactl {

struct KafkaFlags {
  std::string brokers;
  std::string client_id = "sagactl";
  KafkaSecurity security;     // without the password
  std::string password_file;  // empty: the password is in KAFKA_SASL_PASSWORD, or there is none
};

// Adds --kafka and --kafka-client-id, which the environment variables of a node set as well, and the flags below. The
// help says `otherwise` of what counts without --kafka.
void add_kafka_flags(CLI::App& app, Commands& commands, KafkaFlags& flags,
                     const std::string& otherwise = "KAFKA_BROKER, else none");

// Adds --kafka-tls, --kafka-sasl and the others that say how to connect.
void add_kafka_security_flags(CLI::App& app, Commands& commands, KafkaFlags& flags);

// `flag`, else the brokers from the environment; empty when none are configured.
Result<std::string> brokers_of(const Environment& environment, const std::string& flag = {});

// The options of a client, with the password read. `invalid` when the flags do not go together or a file is missing.
// Without brokers only `brokers` and `client_id` count.
Result<KafkaOptions> kafka_of_flags(const Environment& environment, const KafkaFlags& flags);

// `invalid`: a command that needs brokers was given none.
Error no_brokers();

// What a process of that role does with Kafka. A payment process without a database server is a payment participant, as
// for serve.
KafkaUse kafka_use_of(const Invocation& invocation, ServeRole role, PaymentProvider payment);

}  // namespace sagactl
