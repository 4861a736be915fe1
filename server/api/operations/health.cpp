// Health: whether the node is alive and ready, and the state of its dependencies.
#include <fmt/format.h>

#include <chrono>

#include "server/api/operations/handlers.hpp"
#include "server/api/query.hpp"
#include "server/http/await.hpp"

namespace sagactl::api {
namespace {

constexpr Duration broker_patience = 5s;

struct DependencyStatus {
  bool up = false;
  Duration latency{};
  std::string error;
  Timestamp database_time;
};

Json dependency_json(const DependencyStatus& dependency, bool required) {
  return Json{{"status", dependency.up ? "up" : "down"},
              {"required", required},
              {"latencyMs", static_cast<double>(dependency.latency.count()) / 1000.0},
              {"error", dependency.error.empty() ? Json(nullptr) : Json(dependency.error)}};
}

// Reads the database's time on the query threads. When their queue is full the database is too slow to be up.
awaitable<DependencyStatus> check_database(Context& context) {
  const SteadyTime began = context.clock.steady();
  const Result<Timestamp> time = co_await context.database_time.run();
  DependencyStatus status;
  status.latency = context.clock.steady() - began;
  status.up = time.ok();
  if (time)
    status.database_time = *time;
  else
    status.error = time.error().message;
  co_return status;
}

DependencyStatus check_lock(const Lock& lock) {
  const Result<Duration> answered = lock.availability();
  DependencyStatus status;
  status.up = answered.ok();
  if (answered)
    status.latency = *answered;
  else
    status.error = answered.error().message;
  return status;
}

// Commits may fail while reads still work.
DependencyStatus check_engine(const EngineStats& stats) {
  DependencyStatus status;
  status.up = stats.store_available;
  status.error = stats.store_error;
  if (stats.commits > 0) status.latency = Duration(stats.commit_us_total / stats.commits);
  return status;
}

Json node_status_json(const Context& context, bool up, const DependencyStatus& database) {
  return Json{{"status", up ? "ok" : "error"},
              {"timestamp", iso8601_ms(context.clock.now())},
              {"environment", context.options.environment},
              {"nodeId", context.options.node},
              {"database", {{"connected", database.up}, {"name", context.queries.database_name()}}}};
}

http::Response status_response(bool up, const Json& body) {
  http::Response response = http::json_response(up ? 200 : 503, body);
  if (!up) response.headers.push_back({"Retry-After", "1"});
  return response;
}

// Connections to the database server. An SQLite file has one for each query thread and one that writes.
DatabaseConnections connections_of(Context& context) {
  if (const auto connections = context.queries.connections()) return *connections;
  const std::size_t threads = context.query_threads.threads() + 1;
  const auto reading = static_cast<std::size_t>(context.query_threads.active());
  return {reading + (context.engine.stats().queue_depth > 0 ? 1 : 0), threads, threads};
}

}  // namespace

Answer get_livez(Context&, Request&) {
  return http::json_response(200, Json{{"status", "ok"}});
}

Answer get_readyz(Context& context, Request&) {
  const bool ready = context.ready.load() && context.engine.stats().store_available;
  return status_response(ready, Json{{"status", ready ? "ready" : "not ready"}, {"nodeId", context.options.node}});
}

awaitable<Answer> get_health(Context& context, Request&) {
  const DependencyStatus database = co_await check_database(context);
  const bool up = database.up && context.engine.stats().store_available;
  co_return status_response(up, node_status_json(context, up, database));
}

awaitable<Answer> get_detailed_health(Context& context, Request&) {
  const DependencyStatus database = co_await check_database(context);
  const DependencyStatus lock = check_lock(context.lock);
  const EngineStats stats = context.engine.stats();
  const DependencyStatus engine = check_engine(stats);
  const bool up = database.up && engine.up;
  Json body = node_status_json(context, up, database);
  Json committer = dependency_json(engine, true);
  committer["queueDepth"] = stats.queue_depth;
  committer["commits"] = stats.commits;
  const BusState bus_state = context.bus.state();
  Json bus = dependency_json(DependencyStatus{bus_state.available, {}, bus_state.error, {}}, false);
  committer["stuckSagas"] = stats.stuck_sagas;
  bus["unpublishedEvents"] = stats.unpublished;
  bus["publishedEvents"] = bus_state.published;
  if (!stats.held_back.empty())
    bus["waitsFor"] =
        fmt::format("events of node {} wait for earlier events of node {} that are not published yet, for {} so far",
                    stats.held_back, stats.held_back_by, format_duration(stats.held_back_for));
  body["dependencies"] = Json{{"database", dependency_json(database, true)},
                              {"committer", std::move(committer)},
                              {"lock", dependency_json(lock, false)},
                              {"bus", std::move(bus)}};
  body["ready"] = context.ready.load();
  co_return status_response(up, body);
}

awaitable<Answer> get_database_pool(Context& context, Request&) {
  const DatabaseConnections connections = connections_of(context);
  const DependencyStatus database = co_await check_database(context);
  const Json body{{"status", database.up ? "success" : "error"},
                  {"activeConnections", connections.in_use},
                  {"openConnections", connections.open},
                  {"maxConnections", connections.max},
                  {"isHealthy", database.up}};
  co_return status_response(database.up, body);
}

awaitable<Answer> test_database(Context& context, Request&) {
  const DependencyStatus database = co_await check_database(context);
  if (!database.up) co_return Error{ErrorCode::unavailable, database.error};
  const Json body{{"status", "success"},
                  {"message", "Database connection successful"},
                  {"data", {{"current_time", iso8601_ms(database.database_time)}}}};
  co_return http::json_response(200, body);
}

// An acknowledgement after the deadline is ignored.
awaitable<Answer> test_broker(Context& context, Request&) {
  auto send = [&context](std::function<void(Result<void>)> done) {
    context.bus.probe(context.clock.now(), std::move(done));
  };
  const auto deadline = std::chrono::steady_clock::now() + broker_patience;
  const auto sent = co_await http::await_callback_until<Result<void>>(std::move(send), deadline);
  if (!sent) co_return Error{ErrorCode::unavailable, "the broker did not acknowledge the test message in time"};
  if (!*sent) co_return Error{ErrorCode::unavailable, sent->error().message, sent->error().members};
  const Json body{{"status", "success"}, {"message", "Kafka test message sent"}};
  co_return http::json_response(200, body);
}

Answer get_protected(Context& context, Request& request) {
  return http::json_response(
      200,
      Json{{"message", "인증된 사용자만 볼 수 있는 데이터입니다! 🔒"},
           {"user", {{"id", request.caller->id}, {"email", request.caller->email}, {"role", request.caller->role}}},
           {"timestamp", iso8601_ms(context.clock.now())}});
}

}  // namespace sagactl::api
