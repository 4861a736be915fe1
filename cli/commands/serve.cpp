// `sagactl serve`: runs nodes until it is told to stop.
#include <algorithm>
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/flag.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/dependencies/redis.hpp"
#include "cli/dependencies/serve_choices.hpp"
#include "cli/dependencies/toss.hpp"
#include "cli/version.hpp"
#include "common/descriptors.hpp"
#include "server/http/message/cors.hpp"
#include "server/node/node.hpp"
#include "server/node/payment_provider.hpp"

namespace sagactl {
namespace {

enum class DedupeBy : std::uint8_t { product, key_only };
enum class ConfirmedBy : std::uint8_t { automatic, shop };

}  // namespace

template <>
struct Spelling<ConfirmedBy> {
  static constexpr std::string_view names[] = {"auto", "shop"};
};
template <>
struct Spelling<DedupeBy> {
  static constexpr std::string_view names[] = {"product", "key-only"};
};

namespace {

constexpr int nodes_max = 64;

struct ServeFlags {
  NodeOptions options;
  PaymentBy payment = PaymentBy::simulated;
  ServeRole role = ServeRole::node;
  DedupeBy dedupe = DedupeBy::product;
  ConfirmedBy confirmed_by = ConfirmedBy::automatic;
};

// "500ms..2s", or one duration for all.
Result<void> parse_delay(const std::string& text, SimulatedPayment& payment) {
  const std::size_t dots = text.find("..");
  const auto from = parse_duration(text.substr(0, dots));
  const auto to = dots == std::string::npos ? from : parse_duration(text.substr(dots + 2));
  if (!from || !to || *to < *from)
    return Error{ErrorCode::invalid,
                 "'" + text + "' is not a duration or a range of them, such as 500ms..2s"};
  payment.delay_min = *from;
  payment.delay_max = *to;
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
    return Error{ErrorCode::invalid, "* stands for every origin, so it stands alone"};
  return {};
}

// As the reference's environment writes them: "15m", "7d", or a bare number of seconds.
Result<Duration> parse_expiry(const std::string& text) {
  const bool days = text.ends_with('d');
  const auto number = parse_whole_number(days ? text.substr(0, text.size() - 1) : text, 1, 1'000'000'000);
  if (number) return Duration(std::chrono::seconds(*number * (days ? 86'400 : 1)));
  auto duration = parse_duration(text);
  if (!duration) return Error{ErrorCode::invalid, "'" + text + "' is not a duration such as 15m, 24h or 7d"};
  return duration;
}

Result<void> read_expiry(const Environment& environment, const char* variable, Duration& value) {
  const auto text = environment.get(variable);
  if (!text) return {};
  const auto expiry = parse_expiry(*text);
  if (!expiry)
    return Error{ErrorCode::invalid,
                 std::string("environment variable ") + variable + ": " + expiry.error().message};
  value = *expiry;
  return {};
}

// Secrets come from the environment only: flags can be seen by everybody on the machine.
Result<void> read_secrets(const Environment& environment, NodeOptions& options) {
  options.jwt_secret = environment.get("JWT_SECRET").value_or("");
  options.jwt_refresh_secret = environment.get("JWT_REFRESH_SECRET").value_or("");
  options.environment = environment.get("NODE_ENV").value_or(options.environment);
  if (auto read = read_expiry(environment, "JWT_EXPIRES_IN", options.jwt_expires_in); !read) return read;
  return read_expiry(environment, "JWT_REFRESH_EXPIRES_IN", options.jwt_refresh_expires_in);
}

PaymentProvider provider_of(const ServeFlags& flags) {
  // A payment participant is what `remote` speaks of; by itself it has the simulated provider.
  const bool pays = flags.role == ServeRole::payment;
  switch (flags.payment) {
    case PaymentBy::simulated: return PaymentProvider::simulated;
    case PaymentBy::remote: return pays ? PaymentProvider::simulated : PaymentProvider::remote;
    case PaymentBy::toss: return PaymentProvider::toss;
  }
  crash("a way of paying that the table of providers does not know");
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
  if (!database->is_default) options.database = database->name;
  auto redis = redis_url(flags.options.redis, invocation.environment);
  if (!redis) return redis.error();
  options.redis = std::move(redis).value();
  options.dedupe = flags.dedupe == DedupeBy::product ? Dedupe::product : Dedupe::key_only;
  options.shop_confirms = flags.confirmed_by == ConfirmedBy::shop;
  if (auto read = read_secrets(invocation.environment, options); !read) return read.error();

  if (flags.role != ServeRole::node) options.service = from_string<Service>(to_string(flags.role));
  options.version = version_number();
  options.revision = version_revision();
  options.payment_provider = provider_of(flags);
  options.toss = toss_account(flags.options.toss, invocation.environment);
  if (options.payment_provider == PaymentProvider::toss)  // before anything is made
    if (const auto toss = toss_options(options.toss); !toss) return toss.error();
  // Without a database to work on, a payment process is what nodes with --payment remote ask.
  const bool pays = flags.role == ServeRole::payment && !options.database.starts_with("postgres");
  auto nodes = pays ? start_payment_participant(options) : start_nodes(options);
  if (!nodes) return nodes.error();
  // Until now a signal ends the process at once, whatever the start waits for: there is nothing to be put in order.
  const std::stop_token stop = invocation.interrupt.take_over();
  announce(invocation, **nodes);
  invocation.info(pays ? "reads payment commands; Ctrl-C stops"
                      : "data in " + options.data.string() + "; Ctrl-C stops");
  wait_for(stop);
  invocation.info("stopping");
  (*nodes)->stop();
  return ExitCode::done;
}

void add_payment_flags(CLI::App& app, ServeFlags& flags) {
  SimulatedPayment& payment = flags.options.payment;
  add_choice(app, "--payment", flags.payment, "Who is charged; remote: another process, over Kafka [simulated]");
  add_share(app, "--payment-success", payment.success, "Share of the simulated charges that succeed [0.8; of checkouts and purchases 0.9]");
  const auto take_delay = [&payment](const std::string& text) { return parse_delay(text, payment); };
  add_flag_with(app, "--payment-delay", take_delay, "DURATION[..DURATION]", "How long they take [500ms..2s]");
  add_share(app, "--payment-timeouts", payment.timeout_share,
            "Share of them that give no answer in time [0]");
  add_choice(app, "--payment-confirm", flags.confirmed_by,
             "What a checkout's payment waits for; shop: POST /api/payments/confirm [auto]");
  add_toss_flags(app, flags.options.toss);
}

}  // namespace

void add_serve(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<ServeFlags>();
  NodeOptions& options = flags->options;
  CLI::App* app = add_command(root, "serve", "Run a node, or several", "Running");
  commands.also_from(add_number(*app, "--port", options.port, 0, 65535, "Port of the first node [3000]"),
                     {"PORT"});
  add_text(*app, "--host", options.host, "ADDRESS", "Address to listen at [127.0.0.1]");
  commands.also_from(add_text(*app, "--node-id", options.node_id, "NAME", "Name of the node [node-1]"), {"NODE_ID"});
  add_number(*app, "--nodes", options.nodes, 1, nodes_max, "So many logical nodes, on consecutive ports [1]");
  add_text(*app, "--redis", options.redis, "URL", "Redis for the locks [in this process]");
  add_kafka_flags(*app, commands, options.kafka, options.kafka_client_id);
  add_choice(*app, "--role", flags->role,
             "One service of the checkout alone, over --database postgres://... and --kafka; payment without such a "
             "database: the payment participant of nodes with --payment remote [node: all services]");
  add_payment_flags(*app, *flags);
  add_choice(*app, "--dedupe", flags->dedupe,
             "What makes orders duplicates: their products, or only their keys [product]");
  add_duration(*app, "--lease", options.lease,
               "How long the sagas of a node that died wait for another [2s]");
  add_duration(*app, "--stop-delay", options.stop_delay,
               "After a signal, answer so long while /readyz fails [0s]");
  add_duration(*app, "--reservation-ttl", options.reservation_ttl,
               "Stock that an order has reserved and nobody confirmed is given back after this [5m]");
  add_switch(*app, "--allow-anonymous", options.allow_anonymous,
             "Answer other machines on /api and /purchase without a token");
  const auto take_origins = [&options](const std::string& text) { return parse_origins(text, options.cors_origins); };
  add_flag_with(*app, "--cors-origin", take_origins, "ORIGIN[,...]",
                "Let pages of these origins call, such as https://shop.example; * is every page [none]");
  add_switch(*app, "--test-routes", options.allow_test_routes, "Also offer /redis-test and /kafka-test to other machines");
  add_text(*app, "--trusted-proxy", options.trusted_proxies, "NETWORK[,NETWORK...]",
           "Proxies in front of the node, as 10.0.0.0/8 or an address, whose X-Forwarded-For, Forwarded and "
           "X-Forwarded-Proto count [none]")
      .separated_by(',');
  set_footer(
      *app,
      "Reads the environment as well: PORT, NODE_ID, NODE_ENV, JWT_SECRET, JWT_REFRESH_SECRET, "
      "JWT_EXPIRES_IN,\n"
      "JWT_REFRESH_EXPIRES_IN, DATABASE_HOST and the like, REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, REDIS_DB,\n"
      "KAFKA_BROKER, KAFKA_BROKERS, KAFKA_CLIENT_ID. Without secrets it makes its own, kept in the data directory.");
  commands.add(app, [flags](Invocation& invocation) { return run_serve(invocation, *flags); });
}

}  // namespace sagactl
