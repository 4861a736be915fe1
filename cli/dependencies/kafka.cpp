#include "cli/dependencies/kafka.hpp"

#include <fmt/format.h>

#include "cli/configuration/private_file.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/flag.hpp"

namespace sagactl {
namespace {

// KAFKA_BROKER may be a Kubernetes service link: tcp://10.96.0.7:9092.
Result<std::string> parse_brokers_or_link(const std::string& text) {
  return parse_brokers(port_of_service_link(text) ? text.substr(text.find("://") + 3) : text);
}

// Such a flag is taken from KAFKA_..., and from what configures `serve`, for every command.
void add_source(Commands& commands, const Flag& flag, const std::string& variable, const std::string& of_serve) {
  commands.share(flag);
  commands.add_variables(flag, {variable, "SAGACTL_SERVE_KAFKA_" + of_serve});
}

}  // namespace

void add_kafka_flags(CLI::App& app, Commands& commands, KafkaFlags& flags, const std::string& otherwise) {
  const Flag brokers = add_parsed(app, "--kafka", flags.brokers, parse_brokers_or_link, "HOST:PORT,...",
                                  fmt::format("Kafka brokers for the messages [{}]", otherwise));
  commands.share(brokers);
  commands.add_variables(brokers, {"KAFKA_BROKER", "KAFKA_BROKERS"});
  commands.add_variables(
      add_text(app, "--kafka-client-id", flags.client_id, "NAME", "Client id for Kafka's logs and quotas [sagactl]"),
      {"KAFKA_CLIENT_ID"});
  add_kafka_security_flags(app, commands, flags);
}

void add_kafka_security_flags(CLI::App& app, Commands& commands, KafkaFlags& flags) {
  KafkaSecurity& security = flags.security;
  add_source(commands, add_switch(app, "--kafka-tls", security.tls, "Encrypt the connections to Kafka"), "KAFKA_TLS",
             "TLS");
  add_source(commands,
             add_text(app, "--kafka-ca", security.ca_file, "FILE",
                      "Certificates that are trusted for Kafka, as PEM; implies TLS [those of this machine]"),
             "KAFKA_CA_FILE", "CA");
  add_source(commands,
             add_text(app, "--kafka-cert", security.certificate_file, "FILE",
                      "Certificate of this client for Kafka, as PEM; implies TLS [none]"),
             "KAFKA_CERT_FILE", "CERT");
  add_source(commands,
             add_text(app, "--kafka-key", security.key_file, "FILE", "Key of that certificate, as PEM [none]"),
             "KAFKA_KEY_FILE", "KEY");
  add_source(commands, add_choice(app, "--kafka-sasl", security.login, "How to log in to Kafka [none]"),
             "KAFKA_SASL_MECHANISM", "SASL");
  add_source(commands, add_text(app, "--kafka-user", security.user, "NAME", "User for Kafka [none]"),
             "KAFKA_SASL_USERNAME", "USER");
  add_source(commands,
             add_text(app, "--kafka-password-file", flags.password_file, "FILE",
                      "File with that user's password in its first line [KAFKA_SASL_PASSWORD]"),
             "KAFKA_SASL_PASSWORD_FILE", "PASSWORD_FILE");
  add_source(commands,
             add_text(app, "--kafka-token-file", security.token_file, "FILE",
                      "File with the token for --kafka-sasl oauthbearer, read again before a token expires [none]"),
             "KAFKA_TOKEN_FILE", "TOKEN_FILE");
}

Result<std::string> brokers_of(const Environment& environment, const std::string& flag) {
  if (!flag.empty()) {
    auto brokers = parse_brokers_or_link(flag);
    if (!brokers) return Error{ErrorCode::invalid, "--kafka: " + brokers.error().message};
    return brokers;
  }
  for (const char* variable : {"SAGACTL_SERVE_KAFKA", "SAGACTL_KAFKA", "KAFKA_BROKER", "KAFKA_BROKERS"}) {
    const auto text = environment.get(variable);
    if (!text) continue;
    auto brokers = parse_brokers_or_link(*text);
    if (!brokers)
      return Error{ErrorCode::invalid,
                   std::string("environment variable ") + variable + ": " + brokers.error().message};
    return brokers;
  }
  return std::string();
}

Result<KafkaOptions> kafka_of_flags(const Environment& environment, const KafkaFlags& flags) {
  KafkaOptions options;
  options.brokers = flags.brokers;
  options.client_id = flags.client_id;
  if (options.brokers.empty()) return options;
  options.security = flags.security;
  for (std::string KafkaSecurity::*file : {&KafkaSecurity::ca_file, &KafkaSecurity::certificate_file,
                                           &KafkaSecurity::key_file, &KafkaSecurity::token_file})
    if (std::string& name = options.security.*file; !name.empty()) name = environment.resolve(name).string();
  if (!flags.password_file.empty()) {
    auto password = read_secret_file(environment.resolve(flags.password_file), "--kafka-password-file");
    if (!password) return password.error();
    options.security.password = std::move(password).value();
  } else if (options.security.login != KafkaLogin::oauthbearer && !options.security.user.empty()) {
    options.security.password = environment.get("KAFKA_SASL_PASSWORD").value_or("");
  }
  if (const auto checked = check_security(options.security, options.brokers); !checked) return checked.error();
  return options;
}

Error no_brokers() {
  return Error{ErrorCode::invalid, "no Kafka brokers are configured; pass --kafka host:port or set KAFKA_BROKER"};
}

KafkaUse kafka_use_of(const Invocation& invocation, ServeRole role, PaymentProvider payment) {
  KafkaUse use;
  const auto database = find_database(invocation);
  use.carries_out_payments = role == ServeRole::payment && !(database && database->is(DatabaseKind::postgres));
  use.publishes_events = !use.carries_out_payments;
  use.asks_for_payments = role != ServeRole::payment && payment == PaymentProvider::remote;
  if (role != ServeRole::node && !use.carries_out_payments) use.service = from_string<Service>(to_string(role));
  return use;
}

}  // namespace sagactl
