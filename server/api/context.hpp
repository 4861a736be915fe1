// What the handlers of one node use. Everything referred to outlives the router made from it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/api/accounts/login_sessions.hpp"
#include "server/api/definitions/definition_cache.hpp"
#include "server/api/metrics/node_metrics.hpp"
#include "server/api/operations/event_feed.hpp"
#include "server/api/orders/in_flight_keys.hpp"
#include "server/api/pages/live_views.hpp"
#include "server/api/pages/page_sessions.hpp"
#include "server/api/query_threads.hpp"
#include "server/api/shared_read.hpp"
#include "server/api/statistics/minute_counts.hpp"
#include "server/api/statistics/statistics.hpp"
#include "server/auth/login_limit.hpp"
#include "server/auth/password.hpp"
#include "server/definitions/input_schema.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/order_admission.hpp"
#include "server/http/metrics/metrics.hpp"
#include "server/http/workers.hpp"
#include "server/ports/bus.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/lock.hpp"
#include "server/ports/message_browser.hpp"
#include "server/ports/participant_caller.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/records.hpp"
#include "server/ports/saga_exchange.hpp"
#include "server/ports/span_sink.hpp"

namespace sagactl::auth {
class AnswerTokens;
}

namespace sagactl::api {

struct ApiOptions {
  NodeName node = "node-1";
  std::string environment = "development";
  bool key_only = false;            // --dedupe key-only
  bool allow_test_routes = false;   // /redis-test and /kafka-test also from other machines
  bool allow_anonymous = false;     // /api and /purchase without a token also from other machines
  bool allow_dtm = false;           // /api/dtmsvr also from other machines
  bool allow_lra = false;           // /lra-coordinator also from other machines
  bool serves_other_pages = false;  // --pages: then no cookie of a page counts, and no page logs in
  bool shop_confirms = false;       // a checkout's payment waits for POST /api/payments/confirm
  bool retry_recharges = false;     // a retry below /api charges a refunded payment again, unless it says otherwise
  std::string dtm_secret = {};      // below which DTM's clients may call from other machines; empty: none
  std::string lra_url = {};         // under which all reach it: "http://node:3000/lra-coordinator"; empty: as asked
  std::string payment_provider = "simulated";
  std::string toss_client_key = {};  // of Toss' widget on the shop's page to pay on; public; empty: none
  std::string version = "unknown";   // of the program
  auth::PasswordCost password_cost;
};

// A look at the messages of a broker, and the thread on which it is taken.
struct Browsing {
  // `messages` outlives this.
  explicit Browsing(MessageBrowser& messages) : browser(messages), thread({"Kafka reads", 1, 16}) {}

  MessageBrowser& browser;
  http::Workers thread;
};

struct Context {
  ApiOptions options;
  Engine& engine;
  OrderAdmission& admission;
  Store& store;  // for users' definitions; everything else is written by the engine
  Queries& queries;
  RecordStore& records;
  Lock& lock;
  Bus& bus;
  Clock& clock;
  QueryThreads& query_threads;  // for calls of `queries`, which block
  http::Workers& hashers;       // for passwords
  http::Metrics& metrics;
  NodeMetrics& node_metrics;
  LoginSessions& sessions;
  PageSessions& page_sessions;
  EventFeed& feed;
  MinuteCounts& minutes;
  std::shared_ptr<LiveViews> live;

  // Reads that routes open to anyone make.
  SharedRead<Timestamp> database_time{query_threads, [&from = queries] { return from.database_time(); }};
  SharedRead<Counts> counts{query_threads, [&from = queries] { return from.counts(); }};
  InFlightKeys in_flight_keys = {};
  auth::LoginLimit login_limit = {};
  std::shared_ptr<const ParticipantCaller> participants = nullptr;
  const auth::AnswerTokens* answer_tokens = nullptr;  // of calls to participants; null: there are none
  InputSchemas input_schemas = {};
  DefinitionCache definition_cache = {};
  StatisticsCache statistics = {};
  Browsing* browser = nullptr;                     // null: there is no Kafka
  SpanSink* spans = nullptr;                       // null: no traces are exported
  std::function<void()> wake_bulk_runner = [] {};  // that there is a job for it
  const SagaExchange* exchange = nullptr;          // null: all participants are in this process
  std::atomic<bool> ready = false;                 // from the end of the start until the stop begins
  // When a node that stops answers whoever waits for what becomes of a saga.
  std::atomic<std::chrono::steady_clock::time_point> waits_end_at = std::chrono::steady_clock::time_point::max();
};

}  // namespace sagactl::api
