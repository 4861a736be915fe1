// Is the node alive, is it ready, and does what it depends on answer?
#include <fmt/format.h>

#include <chrono>

#include "server/api/query.hpp"
#include "server/api/routes.hpp"
#include "server/http/await.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr Duration broker_patience = 5s;

struct Check {
  bool up = false;
  Duration took{};
  std::string error;
  Timestamp database_time;
};

Json check_json(const Check& check, bool required) {
  return Json{{"status", check.up ? "up" : "down"},
              {"required", required},
              {"latencyMs", static_cast<double>(check.took.count()) / 1000.0},
              {"error", check.error.empty() ? Json(nullptr) : Json(check.error)}};
}

// Asks the database for its time, by way of the query_threads' queue: a queue that is full is a database that is
// slow.
awaitable<Check> check_database(Context& context) {
  const SteadyTime began = context.clock.steady();
  const Result<Timestamp> time = co_await context.database_time.run();
  Check check;
  check.took = context.clock.steady() - began;
  check.up = time.ok();
  if (time)
    check.database_time = *time;
  else
    check.error = time.error().message;
  co_return check;
}

Check check_lock(const Lock& lock) {
  const Result<Duration> answered = lock.availability();
  Check check;
  check.up = answered.ok();
  if (answered)
    check.took = *answered;
  else
    check.error = answered.error().message;
  return check;
}

// The engine's own view: it may have lost the database for writing while reads still work.
Check check_engine(const EngineStats& stats) {
  Check check;
  check.up = stats.store_available;
  check.error = stats.store_error;
  if (stats.commits > 0) check.took = Duration(stats.commit_us_total / stats.commits);
  return check;
}

Json basics(const Context& context, bool up, const Check& database) {
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

awaitable<Answer> health(Context& context) {
  const Check database = co_await check_database(context);
  const bool up = database.up && context.engine.stats().store_available;
  co_return status_response(up, basics(context, up, database));
}

awaitable<Answer> detailed_health(Context& context) {
  const Check database = co_await check_database(context);
  const Check lock = check_lock(context.lock);
  const EngineStats stats = context.engine.stats();
  const Check engine = check_engine(stats);
  const bool up = database.up && engine.up;
  Json body = basics(context, up, database);
  Json committer = check_json(engine, true);
  committer["queueDepth"] = stats.queue_depth;
  committer["commits"] = stats.commits;
  const BusState bus_state = context.bus.state();
  Json bus = check_json(Check{bus_state.available, {}, bus_state.error, {}}, false);
  committer["stuckSagas"] = stats.stuck_sagas;
  bus["unpublishedEvents"] = stats.unpublished;
  bus["publishedEvents"] = bus_state.published;
  if (!stats.held_back.empty())
    bus["waitsFor"] = fmt::format("events of node {} follow events of node {}, which are not published; waiting for {}",
                                  stats.held_back, stats.held_back_by, format_duration(stats.held_back_for));
  body["dependencies"] = Json{{"database", check_json(database, true)},
                              {"committer", std::move(committer)},
                              {"lock", check_json(lock, false)},
                              {"bus", std::move(bus)}};
  body["ready"] = context.ready.load();
  co_return status_response(up, body);
}

Answer livez() {
  return http::json_response(200, Json{{"status", "ok"}});
}

Answer readyz(const Context& context) {
  const bool ready = context.ready.load() && context.engine.stats().store_available;
  return status_response(ready,
                         Json{{"status", ready ? "ready" : "not ready"}, {"nodeId", context.options.node}});
}

// The connections of the database's server. A file has one per reading thread, and the one that writes.
DatabaseConnections connections_of(Context& context) {
  if (const auto connections = context.queries.connections()) return *connections;
  const std::size_t threads = context.query_threads.threads() + 1;
  const auto reading = static_cast<std::size_t>(context.query_threads.active());
  return {reading + (context.engine.stats().queue_depth > 0 ? 1 : 0), threads, threads};
}

awaitable<Answer> database_pool(Context& context) {
  const DatabaseConnections connections = connections_of(context);
  const Check database = co_await check_database(context);
  const Json body{{"status", database.up ? "success" : "error"},
                  {"activeConnections", connections.in_use},
                  {"openConnections", connections.open},
                  {"maxConnections", connections.max},
                  {"isHealthy", database.up}};
  co_return status_response(database.up, body);
}

awaitable<Answer> database_test(Context& context) {
  const Check database = co_await check_database(context);
  if (!database.up) co_return Error{ErrorCode::unavailable, database.error};
  const Json body{{"status", "success"},
                  {"message", "Database connection successful"},
                  {"data", {{"current_time", iso8601_ms(database.database_time)}}}};
  co_return http::json_response(200, body);
}

// Waits for the acknowledgement for a bounded time; one that comes later changes nothing.
awaitable<Answer> broker_test(Context& context) {
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

Answer protected_data(const Context& context, const Request& request) {
  return http::json_response(
      200,
      Json{{"message", "인증된 사용자만 볼 수 있는 데이터입니다! 🔒"},
           {"user",
            {{"id", request.caller->id}, {"email", request.caller->email}, {"role", request.caller->role}}},
           {"timestamp", iso8601_ms(context.clock.now())}});
}

}  // namespace

void add_health_routes(http::Router& router, Context& context) {
  using http::Access;
  using http::Method;
  const auto add = [&](std::string pattern, http::Handler handler, std::string summary) {
    router.add(
        {Method::get, std::move(pattern), Access::anyone, std::move(handler), std::move(summary), "health"});
  };
  const auto later = [&context](awaitable<Answer> (*handler)(Context&)) {
    return [&context, handler](Request&) { return handler(context); };
  };
  add(
      "/livez", [](Request&) { return livez(); }, "The process is alive");
  add(
      "/readyz", [&context](Request&) { return readyz(context); }, "The node takes requests");
  add("/health", later(health), "The node and its database");
  add("/health/detailed", later(detailed_health), "Everything that the node depends on, with its latency");
  add("/db-pool", later(database_pool), "The connections to the database");
  add("/db-test", later(database_test), "Asks the database for its time");
  // It writes, so it is not for everybody.
  router.add({Method::get, "/kafka-test",
              context.options.allow_test_routes ? Access::anyone : Access::loopback_only, later(broker_test),
              "Sends one message and waits for its acknowledgement", "health"});
  router.add({Method::get, "/protected", Access::user,
              [&context](Request& request) { return protected_data(context, request); }, "Who am I",
              "health"});
}

}  // namespace sagactl::api
