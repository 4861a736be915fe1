// Locks: those that are held, and the reference system's routes for testing them.
#include <fmt/format.h>

#include <algorithm>

#include "server/api/operations/handlers.hpp"
#include "server/api/query.hpp"
#include "server/api/render.hpp"
#include "server/http/await.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t listed_locks_max = 1000;
constexpr Duration lock_patience = 2500ms;  // as long as the reference system waits for a lock
constexpr std::int64_t default_work_ms = 5000;
constexpr std::int64_t work_ms_max = 20'000;  // below the deadline of a request
constexpr Duration work_part = 500ms;         // after which it is asked whether the node stops
constexpr Duration ttl_margin = 5s;           // by which a lock outlives the work under it
constexpr Duration manual_ttl = 15s;
// How long a saga is being created in that test: longer than others wait for its lock.
constexpr Duration saga_creation_time = 3s;

Json lock_json(const LockState& state) {
  return Json{{"key", state.key},
              {"holder", state.holder},
              {"fencingToken", state.fencing_token},
              {"ttlMs", milliseconds(state.time_left)},
              {"acquiredAt", iso8601_ms(state.acquired_at)}};
}

awaitable<Result<LockGrant>> acquire_lock(Context& context, std::string key, std::string holder, Duration ttl) {
  auto start = [&](Lock::Granted done) { context.lock.acquire(key, holder, ttl, lock_patience, std::move(done)); };
  co_return co_await http::await_callback<Result<LockGrant>>(start);
}

awaitable<void> wait_for(Context& context, Duration duration) {
  auto start = [&](std::function<void(bool)> done) { context.clock.after(duration, [done] { done(true); }); };
  co_await http::await_callback<bool>(start);
}

// False: the node stops, and the work is ended.
awaitable<bool> work_for(Context& context, Duration duration) {
  for (Duration left = duration; left > Duration{0}; left -= work_part) {
    co_await wait_for(context, std::min(left, work_part));
    if (std::chrono::steady_clock::now() >= context.waits_end_at.load()) co_return false;
  }
  co_return true;
}

awaitable<Result<bool>> release_lock(Context& context, LockGrant grant) {
  auto start = [&](Lock::Changed done) { context.lock.release(grant, std::move(done)); };
  co_return co_await http::await_callback<Result<bool>>(start);
}

struct LockTestRequest {
  std::int64_t duration_ms = default_work_ms;
  std::string node;
};

Result<LockTestRequest> parse_lock_test(const Request& request, const NodeName& node) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  LockTestRequest work;
  work.duration_ms = body.optional_integer("duration", {.min = 0, .max = work_ms_max}).value_or(default_work_ms);
  work.node = body.optional_text("nodeId", {.max = 255}).value_or(node);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return work;
}

// The reference system's answer when the lock was not granted in time: 201, with success false.
http::Response lock_not_acquired(const std::string& key, const std::string& node, Duration waited) {
  return http::json_response(201, Json{{"success", false},
                                       {"error", fmt::format("Failed to acquire lock: {}", key)},
                                       {"totalTime", milliseconds(waited)},
                                       {"nodeId", node},
                                       {"message", fmt::format("Failed to acquire lock for {}", key)}});
}

}  // namespace

awaitable<Answer> list_locks(Context& context, Request& request) {
  QueryReader query(request);
  const std::int64_t limit = query.integer("limit", 100, 1, listed_locks_max);
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto read = [&](Lock::Listed done) { context.lock.held(static_cast<std::size_t>(limit), std::move(done)); };
  const Result<std::vector<LockState>> held = co_await http::await_callback<Result<std::vector<LockState>>>(read);
  if (!held) co_return held.error();
  Json locks = Json::array();
  for (const LockState& state : *held) locks.push_back(lock_json(state));
  const std::size_t count = locks.size();
  const Json body{{"count", count}, {"locks", std::move(locks)}, {"checkedAt", iso8601_ms(context.clock.now())}};
  co_return http::json_response(200, body);
}

awaitable<Answer> get_lock(Context& context, Request& request) {
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

awaitable<Answer> test_work_under_lock(Context& context, Request& request) {
  const auto key = text_parameter(request, "key");
  if (!key) co_return key.error();
  const auto work = parse_lock_test(request, context.options.node);
  if (!work) co_return work.error();
  const Duration duration = std::chrono::milliseconds(work->duration_ms);
  const SteadyTime began = context.clock.steady();
  const Result<LockGrant> grant = co_await acquire_lock(context, *key, work->node, duration + ttl_margin);
  if (!grant && grant.error().code != ErrorCode::busy) co_return grant.error();
  if (!grant) co_return lock_not_acquired(*key, work->node, context.clock.steady() - began);
  const bool is_done = co_await work_for(context, duration);
  const Timestamp executed = context.clock.now();
  const Result<bool> released = co_await release_lock(context, *grant);
  if (!released) co_return released.error();
  if (!is_done)
    co_return Error{ErrorCode::unavailable,
                    "this node is stopping: the work was ended, and the lock is released; try again"};
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

// Of several concurrent requests for one correlation id only one at a time creates a saga id.
awaitable<Answer> test_saga_creation(Context& context, Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::ObjectReader input(*json);
  const std::string correlation = input.text("correlationId", {.max = 255, .not_empty = true});
  const std::string node = input.optional_text("nodeId", {.max = 255}).value_or(context.options.node);
  if (const auto valid = input.finish(); !valid) co_return valid.error();
  const SteadyTime began = context.clock.steady();
  std::string key = "saga:" + correlation;
  const Result<LockGrant> grant = co_await acquire_lock(context, key, node, saga_creation_time + ttl_margin);
  if (!grant && grant.error().code != ErrorCode::busy) co_return grant.error();
  if (!grant) {
    http::Response refused = lock_not_acquired(key, node, context.clock.steady() - began);
    Json body = read_json(refused.body);
    body["correlationId"] = correlation;
    refused.body = json_text(body);
    co_return refused;
  }
  co_await wait_for(context, saga_creation_time);
  const Json result{{"sagaId", fmt::format("saga_{}", SagaId::fresh().text())},
                    {"correlationId", correlation},
                    {"createdBy", node},
                    {"createdAt", iso8601_ms(context.clock.now())}};
  const Result<bool> released = co_await release_lock(context, *grant);
  if (!released) co_return released.error();
  const Json body{{"success", true}, {"result", result}, {"message", "Saga creation protected by distributed lock"}};
  co_return http::json_response(201, body);
}

awaitable<Answer> test_manual_lock(Context& context, Request& request) {
  const auto key = text_parameter(request, "key");
  if (!key) co_return key.error();
  const SteadyTime began = context.clock.steady();
  const Result<LockGrant> grant = co_await acquire_lock(context, *key, context.options.node, manual_ttl);
  if (!grant && grant.error().code != ErrorCode::busy) co_return grant.error();
  if (!grant) co_return lock_not_acquired(*key, context.options.node, context.clock.steady() - began);
  auto renew = [&](Lock::Changed done) { context.lock.renew(*grant, manual_ttl, std::move(done)); };
  const Result<bool> renewed = co_await http::await_callback<Result<bool>>(renew);
  const Result<bool> released = co_await release_lock(context, *grant);
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

}  // namespace sagactl::api
