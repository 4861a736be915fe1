// What the logical nodes of one process share: database, lock, bus, clock, payment gateway, threads.
#pragma once

#include <memory>
#include <string>

#include "common/result.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"
#include "server/adapters/kafka/kafka_saga_exchange.hpp"
#include "server/api/accounts/login_sessions.hpp"
#include "server/api/context.hpp"
#include "server/api/operations/event_feed.hpp"
#include "server/api/pages/page_sessions.hpp"
#include "server/api/query_threads.hpp"
#include "server/http/workers.hpp"
#include "server/node/database.hpp"
#include "server/node/node.hpp"
#include "server/node/rights_poller.hpp"
#include "server/ports/bus.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/lock.hpp"
#include "server/ports/payment_gateway.hpp"
#include "server/ports/span_sink.hpp"

namespace sagactl {

// Each part uses only those above it.
struct SharedParts {
  std::string shared_secret;  // of the cluster's nodes
  std::unique_ptr<Clock> clock;
  std::unique_ptr<DatabasePorts> database;
  std::unique_ptr<Lock> lock;
  std::unique_ptr<Bus> bus;
  std::shared_ptr<SpanSink> spans;  // null: no traces are exported
  std::unique_ptr<PaymentGateway> gateway;
  std::unique_ptr<KafkaSagaExchange> exchange;  // null: all participants are in this process
  std::unique_ptr<api::LoginSessions> sessions;
  std::unique_ptr<api::PageSessions> page_sessions;
  std::unique_ptr<RightsPoller> rights_poller;
  std::unique_ptr<api::QueryThreads> query_threads;
  std::unique_ptr<http::Workers> hashers;
  std::unique_ptr<api::EventFeed> feed;
  std::unique_ptr<MessageBrowser> browser;  // null: there is no Kafka
  std::unique_ptr<api::Browsing> browsing;  // the same

  // Opens the database and reads, or creates, the secrets.
  static Result<std::unique_ptr<SharedParts>> make(const NodeOptions& options);

  ~SharedParts();
};

// Names of files in the data directory.
inline constexpr std::string_view operator_token_name = "operator.token";
inline constexpr std::string_view jwt_secret_name = "jwt.secret";
inline constexpr std::string_view jwt_refresh_secret_name = "jwt-refresh.secret";

// Starts nodes with parts that were made with the same options.
Result<std::unique_ptr<Nodes>> start_nodes(const NodeOptions& options, std::unique_ptr<SharedParts> parts);

KafkaUse kafka_use(const NodeOptions& options);
KafkaOptions kafka_options(const NodeOptions& options);

// The user that the operator credential authenticates.
User operator_user();

}  // namespace sagactl
