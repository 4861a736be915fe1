#include "server/node/shared_parts.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"
#include "common/loopback.hpp"
#include "server/adapters/kafka/kafka_browser.hpp"
#include "server/adapters/kafka/kafka_bus.hpp"
#include "server/adapters/kafka/kafka_payment_gateway.hpp"
#include "server/adapters/memory/memory_bus.hpp"
#include "server/adapters/memory/memory_lock.hpp"
#include "server/adapters/otlp/otlp_exporter.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/redis/redis_lock.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/auth/secrets.hpp"
#include "server/node/payment_provider.hpp"
#include "server/node/tracing/traced_calls.hpp"

namespace sagactl {
namespace {

constexpr std::size_t secret_length_min = 32;
constexpr std::size_t read_queue_max = 1000;
constexpr std::size_t event_streams_max = 2000;  // about 15 kB each: bench/pages
constexpr std::size_t hasher_threads = 1;        // a hash takes tens of milliseconds of a core, and memory
constexpr std::size_t hash_queue_max = 1024;
constexpr std::size_t hash_queue_max_per_client = 16;

Result<void> check_secrets(const NodeOptions& options) {
  for (const auto& [name, secret] :
       {std::pair("JWT_SECRET", &options.jwt_secret), std::pair("JWT_REFRESH_SECRET", &options.jwt_refresh_secret)})
    if (!secret->empty() && secret->size() < secret_length_min)
      return Error{ErrorCode::invalid,
                   fmt::format("{} has {} characters; set it to a random text of at least {}, such as the output of "
                               "`openssl rand -hex 32`",
                               name, secret->size(), secret_length_min)};
  if (options.jwt_secret.empty() && !options.jwt_refresh_secret.empty())
    return Error{ErrorCode::invalid, "JWT_REFRESH_SECRET is set without JWT_SECRET; set both or neither"};
  if (!options.jwt_secret.empty() && options.jwt_secret == options.jwt_refresh_secret)
    return Error{ErrorCode::invalid,
                 "JWT_SECRET and JWT_REFRESH_SECRET are the same, so that a refresh token would be valid on every "
                 "route for days; "
                 "leave JWT_REFRESH_SECRET out to derive it from JWT_SECRET"};
  return {};
}

Result<std::string> access_secret(const NodeOptions& options) {
  if (!options.jwt_secret.empty()) return options.jwt_secret;
  return auth::load_or_create_secret(options.data / jwt_secret_name);
}

// Nodes that share JWT_SECRET must share this one too, to accept each other's refresh tokens.
Result<std::string> refresh_secret(const NodeOptions& options) {
  if (!options.jwt_refresh_secret.empty()) return options.jwt_refresh_secret;
  if (!options.jwt_secret.empty()) return hex(hmac_sha256(options.jwt_secret, "refresh tokens"));
  return auth::load_or_create_secret(options.data / jwt_refresh_secret_name);
}

// Nodes that share JWT_SECRET share the operator credential too: the file in any node's data directory is valid at all
// of them. A node with its own secrets has its own credential.
Result<std::string> operator_token(const NodeOptions& options) {
  const auto file = options.data / operator_token_name;
  if (options.jwt_secret.empty()) return auth::load_or_create_secret(file);
  const std::string token = hex(hmac_sha256(options.jwt_secret, "operator credential"));
  if (const auto present = auth::load_secret(file); present && *present == token) return token;
  if (const auto saved = auth::save_secret(file, token); !saved) return saved.error();
  return token;
}

Result<api::SessionOptions> session_options(const NodeOptions& options) {
  if (options.jwt_secret.empty() && !is_loopback_host(options.host))
    return Error{ErrorCode::invalid,
                 fmt::format("a node on {} is reachable from other machines and needs JWT_SECRET, the same on every "
                             "node; set it to a random text of at least 32 characters, or use --host 127.0.0.1",
                             options.host)};
  if (const auto fit = check_secrets(options); !fit) return fit.error();
  auto access = access_secret(options);
  if (!access) return access.error();
  auto refresh = refresh_secret(options);
  if (!refresh) return refresh.error();
  auto token = operator_token(options);
  if (!token) return token.error();
  api::SessionOptions session;
  session.access_secret = std::move(access).value();
  session.refresh_secret = std::move(refresh).value();
  session.access_lifetime = options.jwt_expires_in;
  session.refresh_lifetime = options.jwt_refresh_expires_in;
  session.operator_token = std::move(token).value();
  session.operator_user = operator_user();
  return session;
}

Result<std::unique_ptr<Lock>> make_lock(const NodeOptions& options, Clock& clock, Queries& queries) {
  if (options.redis.empty()) {
    const auto reach = is_postgres_url(options.database) ? LockReach::this_process : LockReach::all_writers;
    const auto time = queries.database_time();
    return make_memory_lock(clock, reach, time ? *time : Timestamp{});
  }
  RedisLockOptions redis;
  auto address = parse_redis_url(options.redis, options.redis_security);
  if (!address) return address.error();
  redis.address = std::move(address).value();
  redis.seed = random_u64();
  return make_redis_lock(std::move(redis));
}

KafkaOptions kafka_of_nodes(const NodeOptions& options, PartitionCounts& book) {
  KafkaOptions kafka = kafka_options(options);
  kafka.book = &book;
  return kafka;
}

Result<std::unique_ptr<Bus>> make_bus(const NodeOptions& options, PartitionCounts& book) {
  if (options.kafka.empty()) return make_memory_bus();
  const KafkaOptions kafka = kafka_of_nodes(options, book);
  return make_kafka_bus(kafka, topics_of(kafka_use(options), kafka));
}

Result<std::unique_ptr<PaymentGateway>> make_gateway(const NodeOptions& options, PartitionCounts& book, Clock& clock) {
  if (options.payment_provider != PaymentProvider::remote) return make_own_gateway(options, clock);
  if (options.kafka.empty())
    return Error{ErrorCode::invalid, "--payment remote needs brokers; name them with --kafka host:port"};
  RemotePaymentOptions remote;
  remote.kafka = kafka_of_nodes(options, book);
  remote.reply_to = options.node_id.empty() ? "node-1" : options.node_id;
  return make_kafka_payment_gateway(remote, clock);
}

Result<std::unique_ptr<KafkaSagaExchange>> make_exchange(const NodeOptions& options, PartitionCounts& book,
                                                         Clock& clock) {
  if (options.kafka.empty() || !options.database.starts_with("postgres"))
    return Error{ErrorCode::invalid,
                 fmt::format("--role {} shares a database server and Kafka with the other services; name them with "
                             "--database postgres://... and --kafka host:port",
                             to_string(*options.service))};
  return KafkaSagaExchange::open(kafka_of_nodes(options, book), clock);
}

Result<otlp::Attributes> attributes_of(const char* what, const std::string& text) {
  auto attributes = otlp::parse_attributes(text);
  if (!attributes) return Error{ErrorCode::invalid, fmt::format("{}: {}", what, attributes.error().message)};
  return attributes;
}

// Null without an endpoint.
Result<std::unique_ptr<SpanSink>> make_spans(const NodeOptions& options, Clock& clock) {
  if (options.otlp_endpoint.empty()) return std::unique_ptr<SpanSink>();
  OtlpOptions otlp;
  otlp.endpoint = options.otlp_endpoint;
  otlp.version = options.version;
  otlp.resource = {{"service.name", options.otlp_service}, {"service.version", options.version}};
  const auto attributes = attributes_of("--otlp-attributes", options.otlp_attributes);
  if (!attributes) return attributes.error();
  for (const auto& attribute : *attributes)
    if (attribute.first != "service.name") otlp.resource.push_back(attribute);
  auto headers = attributes_of("OTEL_EXPORTER_OTLP_HEADERS", options.otlp_headers);
  if (!headers) return headers.error();
  otlp.headers = std::move(headers).value();
  auto made = make_otlp_exporter(std::move(otlp), clock);
  if (!made) return Error{ErrorCode::invalid, "--otlp-endpoint: " + made.error().message};
  return made;
}

}  // namespace

Result<std::unique_ptr<SharedParts>> SharedParts::make(const NodeOptions& options) {
  auto session = session_options(options);
  if (!session) return session.error();
  auto parts = std::make_unique<SharedParts>();
  parts->clock = make_system_clock();
  Clock& clock = *parts->clock;
  auto database = open_database(options, clock);
  if (!database) return database.error();
  parts->database = std::move(database).value();
  PartitionCounts& book = parts->database->topics();
  auto lock = make_lock(options, clock, parts->database->queries());
  if (!lock) return lock.error();
  parts->lock = std::move(lock).value();
  auto bus = make_bus(options, book);
  if (!bus) return bus.error();
  parts->bus = std::move(bus).value();
  auto gateway = make_gateway(options, book, clock);
  if (!gateway) return gateway.error();
  parts->gateway = std::move(gateway).value();
  auto spans = make_spans(options, clock);
  if (!spans) return spans.error();
  parts->spans = std::move(spans).value();
  if (parts->spans) parts->gateway = trace_calls(std::move(parts->gateway), parts->spans, clock);
  if (options.service) {
    auto exchange = make_exchange(options, book, clock);
    if (!exchange) return exchange.error();
    parts->exchange = std::move(exchange).value();
  }
  parts->shared_secret = session->access_secret;
  parts->sessions = std::make_unique<api::LoginSessions>(std::move(session).value(), clock);
  parts->page_sessions =
      std::make_unique<api::PageSessions>(parts->shared_secret, options.pages_read_only, *parts->sessions, clock);
  parts->rights_poller = std::make_unique<RightsPoller>(*parts->database, *parts->sessions, *parts->page_sessions);
  parts->query_threads = std::make_unique<api::QueryThreads>(
      http::Workers::Options{"database reads", database_readers - database_lists, read_queue_max});
  parts->hashers = std::make_unique<http::Workers>(
      http::Workers::Options{"password hashing", hasher_threads, hash_queue_max, hash_queue_max_per_client});
  http::EventHub::Options events;
  events.subscribers_max = event_streams_max;
  parts->feed = std::make_unique<api::EventFeed>(*parts->bus, parts->database->queries(), clock, events);
  if (options.kafka.empty()) return parts;
  parts->browser = make_kafka_browser(kafka_options(options));
  parts->browsing = std::make_unique<api::Browsing>(*parts->browser);
  return parts;
}

KafkaUse kafka_use(const NodeOptions& options) {
  KafkaUse use;
  use.asks_for_payments = options.payment_provider == PaymentProvider::remote;
  use.service = options.service;
  return use;
}

KafkaOptions kafka_options(const NodeOptions& options) {
  KafkaOptions kafka;
  kafka.brokers = options.kafka;
  kafka.security = options.kafka_security;
  kafka.client_id = options.kafka_client_id;
  return kafka;
}

SharedParts::~SharedParts() {
  browsing.reset();
  browser.reset();
  feed.reset();
  hashers.reset();
  query_threads.reset();
  rights_poller.reset();
  page_sessions.reset();
  sessions.reset();
  // Completes the pending acquisitions, which need the clock.
  lock.reset();
  // Ends the clock's thread before the objects that its callbacks refer to.
  if (exchange) exchange->stop();
  if (spans) spans->stop();
  clock.reset();
  exchange.reset();
  gateway.reset();
  bus.reset();
  database.reset();
}

User operator_user() {
  User user;
  user.id = *UserId::parse("00000000-0000-7000-8000-000000000001");
  user.email = "operator@localhost";
  user.password_hash = "!";  // no password fits
  user.first_name = "Operator";
  user.last_name = "of this node";
  user.role = Role::admin;
  user.email_verified = true;
  return user;
}

}  // namespace sagactl
