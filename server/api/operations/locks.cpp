// Locks: what is held, and system A's routes for trying them out.
#include <fmt/format.h>

#include "server/api/query.hpp"
#include "server/api/routes.hpp"
#include "server/http/await.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::size_t listed_max = 1000;
constexpr Duration patience = 2500ms;  // as system A waits for a lock
constexpr std::int64_t duration_otherwise = 5000;
constexpr std::int64_t duration_max = 20'000;  // less than a request may take
constexpr Duration beyond_work = 5s;           // how much longer than the work the lock lives
constexpr Duration manual_ttl = 15s;

std::int64_t milliseconds(Duration duration) {
  return duration.count() / 1000;
}

Json lock_json(const LockState& state) {
  return Json{{"key", state.key},
              {"holder", state.holder},
              {"fencingToken", state.fencing_token},
              {"ttlMs", milliseconds(state.time_left)},
              {"acquiredAt", iso8601_ms(state.acquired_at)}};
}

awaitable<Answer> list_locks(Context& context, Request& request) {
  QueryReader query(request);
  const std::int64_t limit = query.integer("limit", 100, 1, listed_max);
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto read = [&](Lock::Listed done) {
    context.lock.held(static_cast<std::size_t>(limit), std::move(done));
  };
  const Result<std::vector<LockState>> held = co_await http::await_callback<Result<std::vector<LockState>>>(read);
  if (!held) co_return held.error();
  Json locks = Json::array();
  for (const LockState& state : *held) locks.push_back(lock_json(state));
  const std::size_t count = locks.size();
  const Json body{
      {"count", count}, {"locks", std::move(locks)}, {"checkedAt", iso8601_ms(context.clock.now())}};
  co_return http::json_response(200, body);
}

awaitable<Answer> lock_status(Context& context, Request& request) {
  const auto key = text_parameter(request, "key");
  if (!key) co_return key.error();
  auto read = [&](Lock::Listed done) { context.lock.state(*key, std::move(done)); };
  const Result<std::vector<LockState>> found = co_await http::await_callback<Result<std::vector<LockState>>>(read);
  if (!found) co_return found.error();
  const bool locked = !found->empty();
  Json body{{"key", *key}, {"isLocked", locked}, {"checkedAt", iso8601_ms(context.clock.now())}};
  const Json state = locked ? lock_json(found->front()) : Json::object();
  for (const char* member : {"holder", "fencingToken", "ttlMs", "acquiredAt"})
    body[member] = locked ? state[member] : Json(nullptr);
  co_return http::json_response(200, body);
}

awaitable<Result<LockGrant>> acquire(Context& context, std::string key, std::string holder, Duration ttl) {
  auto start = [&](Lock::Granted done) {
    context.lock.acquire(key, holder, ttl, patience, std::move(done));
  };
  co_return co_await http::await_callback<Result<LockGrant>>(start);
}

awaitable<void> wait(Context& context, Duration duration) {
  auto start = [&](std::function<void(bool)> done) { context.clock.after(duration, [done] { done(true); }); };
  co_await http::await_callback<bool>(start);
}

awaitable<Result<bool>> release(Context& context, LockGrant grant) {
  auto start = [&](Lock::Changed done) { context.lock.release(grant, std::move(done)); };
  co_return co_await http::await_callback<Result<bool>>(start);
}

struct LockWork {
  std::int64_t duration_ms = duration_otherwise;
  std::string node;
};

Result<LockWork> read_work(const Request& request, const NodeName& node) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::Object body(*json);
  LockWork work;
  work.duration_ms =
      body.optional_integer("duration", {.min = 0, .max = duration_max}).value_or(duration_otherwise);
  work.node = body.optional_text("nodeId", {.max = 255}).value_or(node);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return work;
}

// system A's answer when the lock was held all the time: 201, and not a success.
http::Response not_acquired(const std::string& key, const std::string& node, Duration waited) {
  return http::json_response(201, Json{{"success", false},
                                       {"error", fmt::format("Failed to acquire lock: {}", key)},
                                       {"totalTime", milliseconds(waited)},
                                       {"nodeId", node},
                                       {"message", fmt::format("Failed to acquire lock for {}", key)}});
}

awaitable<Answer> work_under_lock(Context& context, Request& request) {
  const auto key = text_parameter(request, "key");
  if (!key) co_return key.error();
  const auto work = read_work(request, context.options.node);
  if (!work) co_return work.error();
  const Duration duration = std::chrono::milliseconds(work->duration_ms);
  const SteadyTime began = context.clock.steady();
  const Result<LockGrant> grant = co_await acquire(context, *key, work->node, duration + beyond_work);
  if (!grant && grant.error().code != ErrorCode::busy) co_return grant.error();
  if (!grant) co_return not_acquired(*key, work->node, context.clock.steady() - began);
  co_await wait(context, duration);
  const Timestamp executed = context.clock.now();
  const Result<bool> released = co_await release(context, *grant);
  if (!released) co_return released.error();
  const std::string done_by = fmt::format("Critical section executed by {}", work->node);
  const Json result{{"nodeId", work->node},
                    {"message", done_by},
                    {"workDuration", work->duration_ms},
                    {"executedAt", iso8601_ms(executed)}};
  const Json body{{"success", true},
                  {"result", result},
                  {"totalTime", milliseconds(context.clock.steady() - began)},
                  {"message", fmt::format("Lock acquired and released successfully by {}", work->node)},
                  {"fencingToken", grant->fencing_token}};
  co_return http::json_response(201, body);
}

// One saga per correlation id: shows that of several at once only one gets to make it.
awaitable<Answer> create_saga_under_lock(Context& context, Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::Object input(*json);
  const std::string correlation = input.text("correlationId", {.max = 255, .not_empty = true});
  const std::string node = input.optional_text("nodeId", {.max = 255}).value_or(context.options.node);
  if (const auto valid = input.finish(); !valid) co_return valid.error();
  const SteadyTime began = context.clock.steady();
  std::string key = "saga:" + correlation;
  const Result<LockGrant> grant = co_await acquire(context, key, node, beyond_work);
  if (!grant && grant.error().code != ErrorCode::busy) co_return grant.error();
  if (!grant) co_return not_acquired(key, node, context.clock.steady() - began);
  const Json result{{"sagaId", fmt::format("saga_{}", SagaId::fresh().text())},
                    {"correlationId", correlation},
                    {"createdBy", node},
                    {"createdAt", iso8601_ms(context.clock.now())}};
  const Result<bool> released = co_await release(context, *grant);
  if (!released) co_return released.error();
  const Json body{
      {"success", true}, {"result", result}, {"message", "Saga creation protected by distributed lock"}};
  co_return http::json_response(201, body);
}

awaitable<Answer> lock_by_hand(Context& context, Request& request) {
  const auto key = text_parameter(request, "key");
  if (!key) co_return key.error();
  const SteadyTime began = context.clock.steady();
  const Result<LockGrant> grant = co_await acquire(context, *key, context.options.node, manual_ttl);
  if (!grant && grant.error().code != ErrorCode::busy) co_return grant.error();
  if (!grant) co_return not_acquired(*key, context.options.node, context.clock.steady() - began);
  auto renew = [&](Lock::Changed done) { context.lock.renew(*grant, manual_ttl, std::move(done)); };
  const Result<bool> renewed = co_await http::await_callback<Result<bool>>(renew);
  const Result<bool> released = co_await release(context, *grant);
  if (!renewed) co_return renewed.error();
  if (!released) co_return released.error();
  const Json info{{"key", "lock:" + *key},
                  {"token", std::to_string(grant->fencing_token)},
                  {"ttl", milliseconds(manual_ttl)},
                  {"acquiredAt", iso8601_ms(grant->acquired_at)}};
  const Json operations{{"acquired", true}, {"renewed", *renewed}, {"released", *released}};
  const bool all_done = *renewed && *released;
  const Json body{{"success", all_done}, {"lockInfo", info}, {"operations", operations}};
  co_return http::json_response(201, body);
}

}  // namespace

void add_lock_routes(http::Router& router, Context& context) {
  using http::Access;
  using http::Method;
  const Access test_access = context.options.allow_test_routes ? Access::anyone : Access::loopback_only;
  const auto add = [&](Method method, std::string pattern, Access access,
                       awaitable<Answer> (*handler)(Context&, Request&), std::string summary) {
    router.add({method, std::move(pattern), access,
                [&context, handler](Request& request) { return handler(context, request); },
                std::move(summary), "locks"});
  };
  add(Method::get, "/locks", Access::admin, list_locks, "All locks that are held, oldest first");
  add(Method::get, "/locks/{key}", Access::admin, lock_status, "One lock");
  add(Method::post, "/redis-test/lock/{key}", test_access, work_under_lock, "Works for a while under a lock");
  add(Method::get, "/redis-test/lock-status/{key}", test_access, lock_status, "One lock");
  add(Method::post, "/redis-test/saga-creation-test", test_access, create_saga_under_lock,
      "Makes a saga's id under the lock of its correlation id");
  add(Method::post, "/redis-test/manual-lock/{key}", test_access, lock_by_hand,
      "Takes, renews and releases a lock");
}

}  // namespace sagactl::api
