// `sagactl serve`: runs nodes until it is stopped.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/configuration/paths.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/dependencies/redis.hpp"
#include "cli/dependencies/serve_choices.hpp"
#include "cli/dependencies/toss.hpp"
#include "cli/flag.hpp"
#include "cli/version.hpp"
#include "common/descriptors.hpp"
#include "httpclient/url.hpp"
#include "server/http/message/cors.hpp"
#include "server/node/node.hpp"
#include "server/node/payment_provider.hpp"
#include "server/ports/importing_node.hpp"

namespace sagactl {
namespace {

// Who confirms the payment of a checkout.
enum class PaymentConfirm : std::uint8_t { automatic, shop };

}  // namespace

template <>
struct Spelling<PaymentConfirm> {
  static constexpr std::string_view names[] = {"auto", "shop"};
};

namespace {

constexpr int nodes_max = 64;

Result<std::string> parse_node_id(const std::string& text) {
  if (text != importing_node) return text;
  return Error{ErrorCode::invalid, fmt::format("'{}' is the name under which sagactl imports", text)};
}

struct ServeFlags {
  NodeOptions options;
  ServeRole role = ServeRole::node;
  PaymentConfirm payment_confirm = PaymentConfirm::automatic;
  std::string dtm_secret_file;
  std::string pages;
  RedisFlags redis;
  KafkaFlags kafka;
};

// A part of a path that cannot be guessed.
Result<std::string> read_dtm_secret(const Environment& environment, const std::string& file) {
  constexpr std::size_t least = 16;
  constexpr std::string_view flag = "--dtm-secret-file";
  auto secret = read_secret_file(environment.resolve(file), std::string(flag));
  if (!secret) return secret;
  const bool is_fit = std::all_of(secret->begin(), secret->end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("-._~").find(c) != std::string_view::npos;
  });
  if (secret->size() >= least && is_fit) return secret;
  return Error{ErrorCode::invalid,
               fmt::format("{}: {} must hold at least {} letters, digits and -._~, since it becomes "
                           "a part of a URL; make one with: openssl rand -hex 16",
                           flag, file, least)};
}

// "500ms..2s", or a single duration.
Result<void> parse_delay(const std::string& text, SimulatedPayment& payment) {
  const std::size_t dots = text.find("..");
  const auto from = parse_duration(text.substr(0, dots));
  const auto to = dots == std::string::npos ? from : parse_duration(text.substr(dots + 2));
  if (!from || !to || *to < *from)
    return Error{ErrorCode::invalid, "'" + text + "' is not a duration or a range of durations, such as 500ms..2s"};
  payment.delay_min = *from;
  payment.delay_max = *to;
  return {};
}

// "test_ck_..." or "live_ck_...", also of a widget: "test_gck_...". Never the secret key, which the page would show.
Result<void> parse_client_key(const std::string& text, NodeOptions& options) {
  const bool is_fit = !text.empty() && text.size() <= 200 && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
  if (!is_fit || text.find("_sk_") != text.npos || text.find("_gsk_") != text.npos)
    return Error{ErrorCode::invalid,
                 "this is no client key such as test_ck_...; a secret key must not be shown to buyers"};
  options.toss_client_key = text;
  return {};
}

// "https://shop.example,http://localhost:5173", or "*".
Result<void> parse_origins(const std::string& text, std::vector<std::string>& origins) {
  for (const std::string& part : split(text, ',')) {
    auto origin = http::parse_origin(trim(part));
    if (!origin) return origin.error();
    origins.push_back(std::move(origin).value());
  }
  if (origins.size() > 1 && std::find(origins.begin(), origins.end(), "*") != origins.end())
    return Error{ErrorCode::invalid, "* allows every origin and cannot be combined with others"};
  return {};
}

// "http://nodes:3000", with or without the path of the coordinator, which clients find in the ids of LRAs.
Result<void> parse_lra_url(const std::string& text, std::string& url) {
  constexpr std::string_view path = "/lra-coordinator";
  if (const auto valid = parse_http_url(text); !valid) return valid.error();
  url = text;
  while (url.ends_with('/')) url.pop_back();
  if (!url.ends_with(path)) url += path;
  return {};
}

// "15m", "7d", or a number of seconds, as nestjs-cqrs-saga's environment has them.
Result<Duration> parse_expiry(const std::string& text) {
  if (const auto number = parse_whole_number(text, 1, 1'000'000'000)) return Duration(std::chrono::seconds(*number));
  auto duration = parse_duration(text);
  if (!duration || *duration <= Duration{0})
    return Error{ErrorCode::invalid, "'" + text + "' is not a duration such as 15m, 24h or 7d"};
  return duration;
}

Result<void> read_expiry(const Environment& environment, const char* variable, Duration& value) {
  const auto text = environment.get(variable);
  if (!text) return {};
  const auto expiry = parse_expiry(*text);
  if (!expiry)
    return Error{ErrorCode::invalid, std::string("environment variable ") + variable + ": " + expiry.error().message};
  value = *expiry;
  return {};
}

// Secrets come from the environment only: every user of the machine can read the flags of a process.
Result<void> read_secrets(const Environment& environment, NodeOptions& options) {
  options.jwt_secret = environment.get("JWT_SECRET").value_or("");
  options.jwt_refresh_secret = environment.get("JWT_REFRESH_SECRET").value_or("");
  options.environment = environment.get("NODE_ENV").value_or(options.environment);
  if (auto read = read_expiry(environment, "JWT_EXPIRES_IN", options.jwt_expires_in); !read) return read;
  return read_expiry(environment, "JWT_REFRESH_EXPIRES_IN", options.jwt_refresh_expires_in);
}

// `remote` means that payments are made by another process. In the payment participant itself it has no meaning: that
// process then uses the simulated provider.
PaymentProvider provider_of(const ServeFlags& flags) {
  const bool is_participant = flags.role == ServeRole::payment;
  if (is_participant && flags.options.payment_provider == PaymentProvider::remote) return PaymentProvider::simulated;
  return flags.options.payment_provider;
}

void announce(const Invocation& invocation, const Nodes& nodes) {
  Json list = Json::array();
  for (const NodeAddress& address : nodes.addresses()) {
    list.push_back(Json{{"node", address.node}, {"url", address.url}});
    if (!invocation.wants_json())
      invocation.terminal.out << address.node << " accepts requests at " << address.url << '\n';
  }
  if (invocation.wants_json()) invocation.print(Json{{"nodes", list}}, "nodes");
  invocation.terminal.out << std::flush;
}

Result<ExitCode> run_serve(Invocation& invocation, const ServeFlags& flags) {
  invocation.interrupt.ignore_hangup();
  raise_descriptor_limit();
  const auto database = find_database(invocation);
  if (!database) return database.error();
  NodeOptions options = flags.options;
  options.data = invocation.data();
  if (const std::string problem = data_directory_problem(options.data); !problem.empty())
    return with_hint(Error{ErrorCode::invalid, "--data: " + problem}, data_directory_hint);
  if (!database->is_default) options.database = database->name;
  auto redis = redis_url(flags.redis.url, invocation.environment);
  if (!redis) return redis.error();
  options.redis = std::move(redis).value();
  if (!flags.pages.empty()) options.pages = invocation.environment.resolve(flags.pages);
  if (auto checked = check_participants_files(invocation.environment, options.participants_files); !checked)
    return checked.error();
  options.redis_security = redis_security(flags.redis, invocation.environment);
  auto kafka = kafka_of_flags(invocation.environment, flags.kafka);
  if (!kafka) return kafka.error();
  options.kafka = kafka->brokers;
  options.kafka_client_id = kafka->client_id;
  options.kafka_security = std::move(kafka->security);
  options.shop_confirms = flags.payment_confirm == PaymentConfirm::shop;
  if (auto read = read_secrets(invocation.environment, options); !read) return read.error();
  options.otlp_headers = invocation.environment.get("OTEL_EXPORTER_OTLP_HEADERS").value_or("");
  if (!flags.dtm_secret_file.empty()) {
    auto secret = read_dtm_secret(invocation.environment, flags.dtm_secret_file);
    if (!secret) return secret.error();
    options.dtm_secret = std::move(secret).value();
  }

  if (flags.role != ServeRole::node) options.service = from_string<Service>(to_string(flags.role));
  options.version = version_number();
  options.revision = version_revision();
  options.payment_provider = provider_of(flags);
  options.toss = toss_account(flags.options.toss, invocation.environment);
  if (options.payment_provider == PaymentProvider::toss)  // fail before anything is created
    if (const auto toss = toss_options(options.toss); !toss) return toss.error();
  // Without a database server, a payment process is the participant of nodes with --payment remote.
  const bool is_participant = flags.role == ServeRole::payment && !options.database.starts_with("postgres");
  auto nodes = is_participant ? start_payment_participant(options) : start_nodes(options);
  if (!nodes) return nodes.error();
  // Until now a signal ends the process at once, whatever the start waits for: there is nothing to shut down yet.
  const std::stop_token stop = invocation.interrupt.take_over();
  announce(invocation, **nodes);
  invocation.info(is_participant ? "reading payment commands" : "data directory: " + options.data.string());
  if (!is_participant) invocation.info("`sagactl open` shows the dashboard");
  invocation.info("press Ctrl-C to stop");
  wait_for(stop);
  invocation.info("stopping");
  (*nodes)->stop();
  return ExitCode::done;
}

void add_payment_flags(CLI::App& app, ServeFlags& flags) {
  set_heading(app, "How payments are made");
  SimulatedPayment& payment = flags.options.payment;
  add_choice(app, "--payment", flags.options.payment_provider,
             "Payment provider; remote: a payment participant in another process, over Kafka [simulated]");
  add_ratio(app, "--payment-success", payment.success,
            "Simulated: fraction of charges that succeed [0.8; checkouts and purchases 0.9]");
  const auto take_delay = [&payment](const std::string& text) { return parse_delay(text, payment); };
  add_flag_with(app, "--payment-delay", take_delay, "DURATION[..DURATION]",
                "Simulated: how long a charge takes [500ms..2s]");
  add_ratio(app, "--payment-timeouts", payment.timeout_share, "Simulated: fraction of calls that time out [0]");
  add_choice(app, "--payment-confirm", flags.payment_confirm,
             "How a checkout's payment is confirmed; shop: by POST /api/payments/confirm [auto]");
  add_switch(app, "--retry-recharges", flags.options.retry_recharges,
             "A retry of a checkout charges a refunded payment again without \"recharge\": true");
  add_toss_flags(app, flags.options.toss);
  const auto take_key = [&flags](const std::string& text) { return parse_client_key(text, flags.options); };
  add_flag_with(app, "--toss-client-key", take_key, "KEY",
                "Client key of Toss Payments, which the shop's page gives to its widget; it is public [none]");
}

void add_order_flags(CLI::App& app, NodeOptions& options) {
  set_heading(app, "What counts as a duplicate, and the stock");
  add_choice(app, "--dedupe", options.dedupe,
             "What counts as a duplicate order: the same products, or only the same idempotency key [product]");
  add_duration(app, "--reservation-ttl", options.reservation_ttl,
               "Release reserved stock that is not confirmed after DURATION [5m]");
  add_switch(app, "--sample-stock", options.sample_stock, "Create the checkout's sample products at the start");
}

void add_participant_flags(CLI::App& app, NodeOptions& options) {
  set_heading(app, "Whom users' sagas call, and how");
  add_text(app, "--participants-allow", options.participants_allow, "HOST[:PORT][,...]",
           "Servers that users' sagas may call: names, *.example.com, addresses and networks [this machine]")
      .separated_by(',');
  add_switch(app, "--demo-participants", options.demo_participants,
             "Simulate the participants of users' sagas, for a demonstration: no server is called");
  add_text(app, "--participants-topics", options.participants_topics, "TOPIC[,...]",
           "Topics in which users' sagas may call participants: names, travel.* [none]")
      .separated_by(',');
  add_text(app, "--participants-proxy", options.participants_proxy, "URL",
           "HTTP proxy through which servers of users' sagas are called, such as http://proxy:3128 [none]");
  add_text(app, "--participants-no-proxy", options.participants_no_proxy, "HOST[:PORT][,...]",
           "Servers that are called without the proxy, besides this machine [none]")
      .separated_by(',');
  add_text(app, "--participants-files", options.participants_files, "DIRECTORY",
           "Directory of the certificates and secrets that definitions name [none]");
  add_text(app, "--answer-url", options.answer_url, "URL", "Address at which participants call back [the node's own]");
}

void add_access_flags(CLI::App& app, ServeFlags& flags) {
  set_heading(app, "Who may call the node, and what it serves them");
  NodeOptions& options = flags.options;
  add_switch(app, "--allow-anonymous", options.allow_anonymous,
             "Accept requests to /api and /purchase from other machines without a token");
  add_switch(app, "--allow-dtm", options.allow_dtm, "Accept DTM's clients at /api/dtmsvr from other machines");
  add_text(app, "--dtm-secret-file", flags.dtm_secret_file, "FILE",
           "Accept DTM's clients from other machines at /SECRET/api/dtmsvr; FILE holds the SECRET [none]");
  add_switch(app, "--allow-lra", options.allow_lra, "Accept clients of LRAs at /lra-coordinator from other machines");
  const auto take_lra_url = [&options](const std::string& text) { return parse_lra_url(text, options.lra_url); };
  add_flag_with(app, "--lra-url", take_lra_url, "URL",
                "Address of /lra-coordinator for clients and participants, such as http://nodes:3000/lra-coordinator "
                "[as each request came]");
  const auto take_origins = [&options](const std::string& text) { return parse_origins(text, options.cors_origins); };
  add_flag_with(app, "--cors-origin", take_origins, "ORIGIN[,...]",
                "Allow web pages of these origins, such as https://shop.example; * allows all [none]");
  add_switch(app, "--test-routes", options.allow_test_routes, "Allow /redis-test and /kafka-test from other machines");
  add_text(app, "--trusted-proxy", options.trusted_proxies, "NETWORK[,NETWORK...]",
           "Networks or addresses of proxies whose forwarding headers are trusted, such as 10.0.0.0/8 [none]")
      .separated_by(',');
  add_text(app, "--pages", flags.pages, "DIRECTORY", "Serve the web pages of this directory at / [none]");
  add_switch(app, "--pages-read-only", options.pages_read_only,
             "Let the pages of the node show everything and change nothing");
}

void add_cluster_flags(CLI::App& app, Commands& commands, ServeFlags& flags) {
  NodeOptions& options = flags.options;
  set_heading(app, "How several nodes share the work");
  add_choice(
      app, "--role", flags.role,
      "Service to run; node runs all of them, any other role needs --database postgres://... and --kafka [node]");
  add_duration(app, "--lease", options.lease, "Time after which other nodes adopt the sagas of a failed node [2s]");
  add_duration(app, "--stop-delay", options.stop_delay,
               "After a stop signal, fail /readyz but keep answering for DURATION [0s]");
  set_heading(app, "How Redis and Kafka are reached");
  commands.share(add_text(app, "--redis", flags.redis.url, "URL", "Redis for the locks [locks in this process]"));
  add_redis_security_flags(app, commands, flags.redis);
  add_kafka_flags(app, commands, flags.kafka, "messages in this process");
}

void add_report_flags(CLI::App& app, Commands& commands, NodeOptions& options) {
  set_heading(app, "What it logs and traces");
  add_switch(app, "--log-orders", options.log_orders, "Log each order that is created and each saga that ends");
  commands.add_variables(add_text(app, "--otlp-endpoint", options.otlp_endpoint, "URL",
                                  "OpenTelemetry collector that gets traces by OTLP over HTTP, such as "
                                  "http://collector:4318 [none]"),
                         {"OTEL_EXPORTER_OTLP_ENDPOINT"});
  commands.add_variables(
      add_text(app, "--otlp-service", options.otlp_service, "NAME", "Name of the service in traces [sagactl]"),
      {"OTEL_SERVICE_NAME"});
  commands.add_variables(add_text(app, "--otlp-attributes", options.otlp_attributes, "KEY=VALUE[,...]",
                                  "Further attributes of the resource in traces [none]"),
                         {"OTEL_RESOURCE_ATTRIBUTES"});
}

}  // namespace

void add_serve(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<ServeFlags>();
  NodeOptions& options = flags->options;
  CLI::App* app = add_command(root, "serve", "Run one or more nodes", server_group);
  commands.add_variables(add_number(*app, "--port", options.port, 0, 65535, "Port of the first node [3000]"), {"PORT"});
  add_text(*app, "--host", options.host, "ADDRESS", "Address to listen on [127.0.0.1]");
  add_number(*app, "--nodes", options.nodes, 1, nodes_max,
             "Number of nodes to run in this process, on consecutive ports [1]");
  commands.add_variables(add_parsed(*app, "--node-id", options.node_id, parse_node_id, "NAME",
                                    "Id of the node, unique in the cluster [node-1]"),
                         {"NODE_ID"});
  add_payment_flags(*app, *flags);
  add_order_flags(*app, options);
  add_participant_flags(*app, options);
  add_access_flags(*app, *flags);
  add_cluster_flags(*app, commands, *flags);
  add_report_flags(*app, commands, options);
  show_first(*app, {"--payment-success", "--payment-delay", "--participants-allow", "--redis", "--kafka"});
  set_footer(*app,
             "State is kept in --data DIR [./sagactl-data], or with --database postgres://... in that database.\n"
             "Environment variables: PORT, NODE_ID, NODE_ENV, JWT_SECRET, JWT_REFRESH_SECRET, JWT_EXPIRES_IN,\n"
             "JWT_REFRESH_EXPIRES_IN, DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD,\n"
             "REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, REDIS_DB, KAFKA_BROKER, KAFKA_BROKERS, KAFKA_CLIENT_ID,\n"
             "KAFKA_TLS, KAFKA_CA_FILE, KAFKA_CERT_FILE, KAFKA_KEY_FILE, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME,\n"
             "KAFKA_SASL_PASSWORD, KAFKA_SASL_PASSWORD_FILE, KAFKA_TOKEN_FILE, REDIS_URL, REDIS_CA_FILE,\n"
             "REDIS_CERT_FILE, REDIS_KEY_FILE, REDIS_SENTINEL_USER, REDIS_SENTINEL_PASSWORD,\n"
             "OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.\n"
             "Without JWT_SECRET, secrets are generated and stored in the data directory.\n"
             "--role payment without a database server is the payment participant for nodes with --payment remote.");
  set_examples(*app,
               {"sagactl serve --nodes 3",
                "sagactl serve --node-id node-1 --database postgres://saga@127.0.0.1/saga --redis redis://127.0.0.1"});
  commands.add(app, [flags](Invocation& invocation) { return run_serve(invocation, *flags); });
}

}  // namespace sagactl
