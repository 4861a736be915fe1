#include "cli/loadtest/agents/agent_command.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <memory>
#include <ostream>
#include <stop_token>

#include "cli/client/connecting.hpp"
#include "cli/configuration/listen_address.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/flag.hpp"
#include "cli/invocation.hpp"
#include "cli/loadtest/agents/agent_server.hpp"
#include "cli/loadtest/agents/agents_flags.hpp"
#include "cli/loadtest/profile/kafka_messages.hpp"
#include "cli/version.hpp"
#include "common/loopback.hpp"
#include "common/text/host_port.hpp"
#include "loadgen/messages/kafka_traffic.hpp"
#include "server/http/server.hpp"

namespace sagactl {
namespace {

struct AgentFlags {
  std::string listen = std::to_string(agent_port);
  std::string certificate, key;  // PEM files; both or none
  bool without_tls = false;
  KafkaFlags kafka;  // without brokers, which the leader names
  bool has_tls() const { return !certificate.empty(); }
};

Result<void> check_flags(const AgentFlags& flags, const ListenAddress& address, const std::string& token) {
  if (auto checked = check_agents_token(token, "--token-file"); !checked) return checked;
  if (flags.certificate.empty() != flags.key.empty())
    return Error{ErrorCode::invalid, flags.key.empty()
                                         ? "--tls-cert needs --tls-key, the file with the key of that certificate"
                                         : "--tls-key needs --tls-cert, the file with the certificate of that key"};
  if (flags.has_tls() && flags.without_tls)
    return Error{ErrorCode::invalid, "--without-tls is for an agent that has no certificate: leave out one of the two"};
  if (flags.has_tls() || is_loopback_host(address.host) || flags.without_tls) return {};
  return Error{
      ErrorCode::invalid,
      fmt::format(
          "--listen {} is reached from other machines, without TLS: anyone on the network path can read the "
          "tokens and passwords of the servers under test. Pass a certificate with --tls-cert and --tls-key, listen "
          "on 127.0.0.1 behind a proxy with TLS or an SSH tunnel, or pass --without-tls in a network of your "
          "own",
          flags.listen)};
}

// Null without a certificate.
Result<std::shared_ptr<http::ServerTls>> agent_tls(const Invocation& invocation, const AgentFlags& flags) {
  if (!flags.has_tls()) return std::shared_ptr<http::ServerTls>();
  auto tls = http::make_server_tls(invocation.environment.resolve(flags.certificate),
                                   invocation.environment.resolve(flags.key));
  if (!tls) return Error{tls.error().code, fmt::format("--tls-cert, --tls-key: {}", tls.error().message)};
  return tls;
}

// The brokers are those of the leader; how to connect is this machine's own.
StartKafka kafka_of_agent(const Environment& environment, KafkaFlags flags, const KafkaAddress& address) {
  flags.brokers = address.brokers;
  flags.client_id = address.client_id;
  const auto options = kafka_of_flags(environment, flags);
  if (options) return kafka_of_load_test(*options);
  return [error = options.error()](const std::vector<const MessagePlan*>&,
                                   Duration) -> Result<std::unique_ptr<KafkaTraffic>> { return error; };
}

Result<ExitCode> serve_agent(Invocation& invocation, const AgentFlags& flags) {
  const auto address = parse_listen_address(flags.listen, agent_port);
  if (!address) return Error{address.error().code, "--listen: " + address.error().message};
  if (auto checked = check_flags(flags, *address, invocation.settings.token); !checked) return checked.error();
  AgentServerSetup setup;
  setup.token = invocation.settings.token;
  setup.version = version_text();
  auto connect = connect_options(invocation);
  if (!connect) return connect.error();
  setup.machine.connect = std::move(*connect);
  setup.machine.kafka = [&](const KafkaAddress& leaders) {
    return kafka_of_agent(invocation.environment, flags.kafka, leaders);
  };
  setup.machine.scratch.directory = invocation.environment.scratch_directory();
  setup.say = [&](const std::string& line) { invocation.info("sagactl: " + line); };
  boost::asio::io_context context{1};
  AgentServer agent(context, std::move(setup));
  http::ServerOptions options;
  options.host = address->host;
  options.port = address->port;
  auto tls = agent_tls(invocation, flags);
  if (!tls) return tls.error();
  options.tls = std::move(*tls);
  auto server = http::Server::listen(context, options, std::make_shared<const http::Router>(agent.routes()),
                                     std::make_shared<http::Metrics>());
  if (!server) return Error{server.error().code, "--listen: " + server.error().message};
  std::string reached = host_port_text(address->host, (*server)->port());
  if (flags.has_tls()) reached.insert(0, "https://");
  if (invocation.wants_json())
    invocation.print(Json{{"agent", reached}});
  else
    invocation.terminal.out << "agent of load tests at " << reached << '\n';
  invocation.terminal.out.flush();
  const std::stop_callback stopping(invocation.interrupt.take_over(),
                                    [&] { boost::asio::post(context, [&] { context.stop(); }); });
  context.run();
  return ExitCode::done;
}

}  // namespace

void add_loadtest_agent(CLI::App& loadtest, Commands& commands) {
  const auto flags = std::make_shared<AgentFlags>();
  CLI::App* app = add_command(loadtest, "agent", "Send a part of the load for another machine's load test (--agents)");
  add_text(*app, "--listen", flags->listen, "[HOST:]PORT",
           fmt::format("Address to listen on for the leader of a load test; without HOST on this machine only [{}]",
                       agent_port));
  add_text(*app, "--tls-cert", flags->certificate, "FILE",
           "Certificate that the agent shows (PEM, with those that signed it): it is then reached by https");
  add_text(*app, "--tls-key", flags->key, "FILE", "Key of that certificate, PEM");
  add_switch(*app, "--without-tls", flags->without_tls, "Accept unencrypted connections from other machines");
  add_kafka_security_flags(*app, commands, flags->kafka);
  set_footer(
      *app,
      "An agent runs one load test at a time, for a leader that has the token of --token-file, and stops it after\n"
      "5 s without contact. --ca-file, --cert, --insecure and --proxy set how it connects to the servers under test,\n"
      "and --kafka-tls, --kafka-sasl and the others how it connects to the leader's Kafka brokers.");
  set_examples(*app, {"sagactl loadtest agent --token-file agents.token",
                      "sagactl loadtest agent --listen 0.0.0.0:7410 --tls-cert load-1.pem --tls-key load-1.key "
                      "--token-file agents.token",
                      "sagactl loadtest agent --listen 0.0.0.0:7410 --without-tls --token-file agents.token"});
  commands.add(app, [flags](Invocation& invocation) { return serve_agent(invocation, *flags); });
}

}  // namespace sagactl
