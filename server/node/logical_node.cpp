#include "server/node/logical_node.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"
#include "common/log.hpp"
#include "server/adapters/participants/allow_list.hpp"
#include "server/adapters/simulated/demo_participants.hpp"
#include "server/api/routes.hpp"
#include "server/http/static_files.hpp"
#include "server/node/tracing/saga_spans.hpp"
#include "server/node/tracing/traced_calls.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::milliseconds stop_grace{10'000};
constexpr std::chrono::milliseconds wait_grace{2'000};  // then there is time to answer who waits for a saga
constexpr Duration minutes_flushed_every = 5s;

std::string name_of(const NodeOptions& options, int index) {
  if (options.node_id.empty()) return fmt::format("node-{}", index + 1);
  return options.nodes == 1 ? options.node_id : fmt::format("{}-{}", options.node_id, index + 1);
}

std::string url_of(const std::string& host, std::uint16_t port) {
  const bool is_v6 = host.find(':') != host.npos;
  return is_v6 ? fmt::format("http://[{}]:{}", host, port) : fmt::format("http://{}:{}", host, port);
}

EngineOptions engine_options(const NodeOptions& options, const NodeAddress& address) {
  EngineOptions engine;
  engine.node = address.node;
  engine.url = address.url;
  engine.lease = options.lease;
  engine.policy.reservation_ttl = options.reservation_ttl;
  engine.policy.shop_confirms = options.shop_confirms;
  if (options.service) engine.policy.services = Services::only(*options.service);
  engine.seed = random_u64();
  engine.log_flows = options.log_orders;
  engine.is_traced = !options.otlp_endpoint.empty();
  return engine;
}

api::ApiOptions api_options(const NodeOptions& options, const NodeAddress& address) {
  api::ApiOptions api;
  api.node = address.node;
  api.environment = options.environment;
  api.key_only = options.dedupe == Dedupe::key_only;
  api.allow_test_routes = options.allow_test_routes;
  api.allow_anonymous = options.allow_anonymous;
  api.allow_dtm = options.allow_dtm;
  api.dtm_secret = options.dtm_secret;
  api.allow_lra = options.allow_lra;
  api.lra_url = options.lra_url;
  api.serves_other_pages = !options.pages.empty();
  api.payment_provider = to_string(options.payment_provider);
  api.shop_confirms = options.shop_confirms;
  api.toss_client_key = options.toss_client_key;
  api.retry_recharges = options.retry_recharges;
  api.version = options.version;
  return api;
}

Result<std::unique_ptr<MessageCaller>> message_caller_of(const NodeOptions& options, const NodeName& node,
                                                         SharedParts& parts) {
  if (options.participants_topics.empty()) return std::unique_ptr<MessageCaller>();
  if (options.kafka.empty())
    return Error{ErrorCode::invalid, "--participants-topics needs brokers; name them with --kafka host:port"};
  MessageCallerOptions caller;
  caller.kafka = kafka_options(options);
  caller.node = node;
  caller.topics = options.participants_topics;
  auto made = make_message_caller(caller, *parts.clock);
  if (!made && made.error().code == ErrorCode::invalid)
    return Error{made.error().code, "--participants-topics: " + made.error().message};
  return made;
}

Result<std::unique_ptr<ParticipantCallers>> participants_of(const NodeOptions& options, const NodeName& node,
                                                            SharedParts& parts) {
  ParticipantCallerOptions caller;
  caller.allow = options.participants_allow;
  caller.proxy = options.participants_proxy;
  caller.no_proxy = options.participants_no_proxy;
  caller.files = options.participants_files;
  caller.shared_secret = parts.shared_secret;
  auto made = make_participant_caller(std::move(caller), *parts.clock);
  if (!made) {
    // Which flag it is: the list is right when it can be read without the proxy.
    const bool is_of_list = !AllowList::parse(options.participants_allow);
    return Error{made.error().code,
                 (is_of_list ? "--participants-allow: " : "--participants-proxy: ") + made.error().message};
  }
  auto messages = message_caller_of(options, node, parts);
  if (!messages) return messages.error();
  std::unique_ptr<ParticipantCaller> made_up;
  if (options.demo_participants) {
    log_warn("the participants of users' sagas are made up: nobody is called", {{"node", node}});
    made_up = make_demo_participants(*parts.clock, random_u64());
  }
  return std::make_unique<ParticipantCallers>(std::move(*made), std::move(*messages), std::move(made_up));
}

// An answer that was refused is done: it is late, or a repeat. One that could not be decided is read again.
TakeMessageAnswer given_to(Engine& engine) {
  return [&engine](MessageAnswer answer, std::function<void(Result<void>)> done) {
    engine.submit(MessageAnswered{std::move(answer)}, [done = std::move(done)](const Result<Receipt>& receipt) {
      const bool is_late =
          !receipt && (receipt.error().code == ErrorCode::retry || receipt.error().code == ErrorCode::conflict);
      done(receipt || is_late ? Result<void>{} : Result<void>(receipt.error()));
    });
  };
}

}  // namespace

LogicalNode::LogicalNode(const NodeOptions& options, NodeAddress address, SharedParts& parts,
                         std::unique_ptr<ParticipantCallers> participants)
    : address_(std::move(address)),
      parts_(parts),
      node_metrics_(*metrics_),
      minutes_(address_.node, parts.database->records()),
      lock_(*parts.lock, *parts.clock, [this](Duration wait) { node_metrics_.lock_waited(wait); }),
      participants_(std::move(participants)),
      engine_(engine_options(options, address_), parts.database->store(), *parts.gateway, *parts.bus, *parts.clock),
      admission_(engine_, lock_, *parts.clock),
      context_{api_options(options, address_),
               engine_,
               admission_,
               parts.database->store(),
               parts.database->queries(),
               parts.database->records(),
               lock_,
               *parts.bus,
               *parts.clock,
               *parts.query_threads,
               *parts.hashers,
               *metrics_,
               node_metrics_,
               *parts.sessions,
               *parts.page_sessions,
               *parts.feed,
               minutes_,
               api::LiveViews::make(*parts.clock)},
      bulk_runner_(address_.node, engine_, parts.database->queries(), parts.database->records(), *parts.clock) {
  metrics_->add_build_info(options.version, options.revision);
  if (!parts.shared_secret.empty()) answer_tokens_.emplace(parts.shared_secret);
  context_.answer_tokens = answer_tokens_ ? &*answer_tokens_ : nullptr;
  context_.participants = participants_;
  context_.spans = parts.spans.get();
  if (parts.spans) traced_participants_ = trace_calls(*participants_, parts.spans, *parts.clock);
  engine_.set_participants(traced_participants_ ? *traced_participants_ : *participants_);
  context_.browser = parts.browsing.get();
  participants_->set_take(given_to(engine_));
  context_.exchange = parts.exchange.get();
  if (parts.exchange) engine_.set_exchange(*parts.exchange);
  engine_.on_commit([this](const CommitReport& commit) {
    node_metrics_.committed(commit);
    if (parts_.spans) add_saga_spans(*parts_.spans, commit.progress, address_.node);
    minutes_.add(commit.progress, parts_.clock->now());
  });
}

Result<http::TrustedProxies> trusted_proxies(const NodeOptions& options) {
  auto trusted = http::TrustedProxies::parse(options.trusted_proxies);
  if (!trusted) return Error{trusted.error().code, "--trusted-proxy: " + trusted.error().message};
  return trusted;
}

Result<std::unique_ptr<LogicalNode>> LogicalNode::make(const NodeOptions& options, int index, SharedParts& parts,
                                                       const http::Limits& limits, boost::asio::io_context& io) {
  const auto port = static_cast<std::uint16_t>(options.port == 0 ? 0 : options.port + index);
  NodeAddress address{name_of(options, index), url_of(options.host, port)};
  auto participants = participants_of(options, address.node, parts);
  if (!participants) return participants.error();
  std::unique_ptr<LogicalNode> node(
      new LogicalNode(options, std::move(address), parts, std::move(participants).value()));
  http::ServerOptions server;
  server.host = options.host;
  server.port = port;
  auto trusted = trusted_proxies(options);
  if (!trusted) return trusted.error();
  server.trusted_proxies = std::move(trusted).value();
  server.cors_origins = options.cors_origins;
  server.limits = limits;
  auto router = api::make_router(node->context_);
  if (!options.pages.empty()) {
    auto pages = http::StaticFiles::read(options.pages);
    if (!pages) return Error{pages.error().code, "--pages: " + pages.error().message};
    router->set_files(std::move(pages).value());
  }
  auto listening = http::Server::listen(io, std::move(server), std::move(router), node->metrics_);
  if (!listening) return listening.error();
  node->server_ = std::move(listening).value();
  node->address_.url = url_of(options.host, node->server_->port());
  node->engine_.set_url(node->address_.url);
  node->participants_->set_node_url(options.answer_url.empty() ? node->address_.url : options.answer_url);
  return node;
}

// Answers of participants go to the engine until the participants are gone.
LogicalNode::~LogicalNode() {
  stop_engine();
  drop_server();
}

Result<void> LogicalNode::start() {
  if (const auto started = engine_.start(); !started) return started;
  thread_ = std::make_unique<EngineThread>(engine_, *parts_.clock);
  minutes_chore_.emplace([this](const std::stop_token&) {
    (void)minutes_.flush(parts_.clock->now());  // what could not be written is written next time
    return minutes_flushed_every;
  });
  bulk_chore_.emplace([this](const std::stop_token& stop) {
    bulk_runner_.run(stop);
    return api::BulkRunner::poll_every;
  });
  context_.wake_bulk_runner = [this] { bulk_chore_->wake(); };
  live_chore_.emplace([this](const std::stop_token&) { return context_.live->read_due(); });
  context_.live->when_wanted([this] { live_chore_->wake(); });
  compare_secrets();
  return {};
}

// Nodes with different secrets do not accept each other's tokens.
void LogicalNode::compare_secrets() {
  const std::string own = parts_.sessions->fingerprint();
  const auto stored = parts_.database->store().set_fingerprint(address_.node, own);
  const auto nodes = parts_.database->queries().nodes();
  if (!stored || !nodes) return;  // the next node to start compares
  for (const NodeInfo& other : *nodes)
    if (other.live && other.name != address_.node && !other.fingerprint.empty() && other.fingerprint != own)
      log_warn("another node has different secrets; neither accepts the tokens of the other",
               {{"node", address_.node},
                {"other", other.name},
                {"hint", "set the same JWT_SECRET and JWT_REFRESH_SECRET on all nodes"}});
}

void LogicalNode::stop_serving(std::function<void()> stopped) {
  context_.live->stop();
  context_.waits_end_at = std::chrono::steady_clock::now() + wait_grace;
  server_->stop(stop_grace, std::move(stopped));
}

// Requests that outlast the grace of stop_serving() may still wake what is stopped here.
void LogicalNode::stop_engine() {
  if (live_chore_) live_chore_->stop();
  if (bulk_chore_) bulk_chore_->stop();  // the engine answers what it has been given; the rest is for another node
  thread_.reset();
  if (!minutes_chore_) return;
  minutes_chore_.reset();
  (void)minutes_.flush(parts_.clock->now());
}

// A handler may still use the participants until no handler runs. The answers to calls in progress come too late for
// the engine, which has stopped.
void LogicalNode::drop_server() {
  server_.reset();
  context_.participants.reset();
  participants_.reset();
}

}  // namespace sagactl
