// Bulk jobs: made, after a look at what they would do; read with their results; and stopped.
#include <fmt/format.h>

#include <charconv>

#include "common/log.hpp"
#include "server/api/bulk/bulk_runner.hpp"
#include "server/api/bulk/handlers.hpp"
#include "server/api/bulk/keep_bulk_job.hpp"
#include "server/api/newest_records.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/operations/saga_filter.hpp"
#include "server/api/orders/idempotency.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/problem.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t filter_max = 4096;
constexpr std::int64_t bulk_sagas_max = 100'000;  // of a job
constexpr int rate_max = 1'000, default_rate = 50;
constexpr std::size_t sample_max = 10;
constexpr std::int64_t results_max = 1'000;

struct BulkRequest {
  BulkJob job;
  bool dry_run = false;
};

Result<BulkRequest> read_bulk_request(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  BulkRequest asked;
  BulkJob& job = asked.job;
  const std::string action = body.one_of("action", Spelling<BulkAction>::names);
  job.filter = body.text("filter", {.max = filter_max, .not_empty = true});
  job.reason = body.optional_text("reason", {.max = reason_max}).value_or("");
  job.step = body.optional_text("step", {.max = 256}).value_or("");
  job.recharge = body.optional_boolean("recharge", false);
  job.rate = static_cast<int>(body.optional_integer("rate", {.min = 1, .max = rate_max}).value_or(default_rate));
  job.at_most = body.optional_integer("atMost", {.min = 1, .max = bulk_sagas_max}).value_or(bulk_sagas_max);
  asked.dry_run = body.optional_boolean("dryRun", false);
  job.action = from_string<BulkAction>(action).value_or(BulkAction::retry);
  if (action == "skip" && job.step.empty()) body.fault("step must be given: the one that is skipped");
  if (action == "skip" && job.reason.empty()) body.fault("reason must be given when a step is skipped");
  if (action != "skip" && !job.step.empty())
    body.fault("step is for skip alone; failedStep in the filter selects sagas");
  if (action != "retry" && job.recharge) body.fault("recharge is for retry alone");
  if (const auto valid = body.finish(); !valid) return valid.error();
  job.id = new_uuid().text();
  job.by = actor_of(request).user;
  job.email = request.caller->email;
  return asked;
}

// What a job would find now.
Result<FlowPage> look(Queries& queries, const BulkJob& job) {
  auto filter = bulk_filter(job.filter, job.by, job.created_at);
  if (!filter) return filter.error();
  Page page;
  page.limit = sample_max;
  return find_sagas(queries, std::move(*filter), page);
}

Answer dry_run_answer(const BulkJob& job, const FlowPage& found) {
  Json sample = Json::array();
  for (const Flow& flow : found.flows)
    if (flow.saga) sample.push_back(saga_json(flow));
  return http::json_response(200, Json{{"dryRun", true},
                                       {"action", to_string(job.action)},
                                       {"filter", job.filter},
                                       {"count", found.total},
                                       {"sample", std::move(sample)}});
}

// The newest first; those that run are among them however old they are.
Result<std::vector<StoredRecord>> listed_jobs(RecordStore& records) {
  auto jobs = newest_records(records, bulk_kind, kept_jobs_max);
  if (!jobs) return jobs;
  RecordRange open;
  open.limit = open_jobs_max;
  const auto running = records.records(bulk_open_kind, open);
  if (!running) return running.error();
  for (auto it = running->rbegin(); it != running->rend(); ++it) {
    if (jobs->empty() || it->id >= jobs->back().id) continue;
    auto job = records.record(bulk_kind, it->id);
    if (!job) return job.error();
    if (*job) jobs->push_back(std::move(**job));
  }
  return jobs;
}

Error no_such_job(const std::string& id) {
  return Error{ErrorCode::not_found, "there is no bulk job with this id: the newest 100 are kept, and those that run",
               Json{{"id", id}}};
}

Result<StoredRecord> find_job(RecordStore& records, const std::string& id) {
  auto record = records.record(bulk_kind, id);
  if (!record) return record.error();
  if (!*record) return no_such_job(id);
  return std::move(**record);
}

Answer job_answer(int status, const StoredRecord& record) {
  const auto job = read_bulk_job(record);
  if (!job) return job.error();
  http::Response response = http::json_response(status, bulk_job_json(*job, record.updated_at));
  if (status == 202) response.headers.push_back({"Location", "/bulk/" + job->id});
  return response;
}

// Whether no node runs it, and it has nothing in hand of which a node would have to find out what became of it.
bool is_waiting(const BulkJob& job, Timestamp now) {
  return job.state == BulkState::running && job.held_until <= now && job.in_hand.empty();
}

// One that waits ends at once; of one that runs its node hears.
Result<StoredRecord> ask_to_stop(RecordStore& records, Queries& queries, const std::string& id) {
  for (;;) {
    auto record = find_job(records, id);
    if (!record) return record;
    auto job = read_bulk_job(*record);
    if (!job) return job.error();
    const auto now = queries.database_time();
    if (!now) return now.error();
    const bool ends = is_waiting(*job, *now);
    if (job->state != BulkState::running || (job->stop && !ends)) return record;
    job->stop = true;
    if (ends) {
      job->state = BulkState::stopped;
      job->ended_at = *now;
    }
    const auto saved = records.replace_record(bulk_kind, id, record->version, bulk_job_text(*job));
    if (!saved) return saved.error();
    if (!*saved) continue;
    if (ends) {
      log_bulk_end(*job);
      if (const auto removed = records.remove_record(bulk_open_kind, id); !removed) return removed.error();
    }
    return find_job(records, id);
  }
}

// A place among a job's results: "<number of the record>.<index in it>".
struct ResultPlace {
  std::int64_t chunk = 0;
  std::size_t index = 0;
};

std::optional<ResultPlace> read_place(const std::string& cursor) {
  ResultPlace place;
  if (cursor.empty()) return place;
  const char* const end = cursor.data() + cursor.size();
  const auto [dot, failed] = std::from_chars(cursor.data(), end, place.chunk);
  if (failed != std::errc() || dot == end || *dot != '.' || place.chunk < 0) return std::nullopt;
  const auto [last, failed_again] = std::from_chars(dot + 1, end, place.index);
  if (failed_again != std::errc() || last != end) return std::nullopt;
  return place;
}

// One more record each time, until the page is full.
Result<Json> read_results(RecordStore& records, const std::string& job, ResultPlace place, std::int64_t limit,
                          bool refused_only) {
  constexpr std::size_t records_at_once = 20;
  Json results = Json::array();
  for (;;) {
    RecordRange range;
    range.from = bulk_result_id(job, place.chunk);
    range.to = job + '0';  // behind all of "<job>/"
    range.limit = records_at_once;
    const auto found = records.records(bulk_result_kind, range);
    if (!found) return found.error();
    for (const StoredRecord& record : *found) {
      const Json list = read_json(record.body);
      for (; list.is_array() && place.index < list.size(); ++place.index) {
        const Json& result = list[place.index];
        if (refused_only && result.value("ok", false)) continue;
        if (static_cast<std::int64_t>(results.size()) == limit)
          return Json{{"results", std::move(results)}, {"nextCursor", fmt::format("{}.{}", place.chunk, place.index)}};
        results.push_back(result);
      }
      place = {place.chunk + 1, 0};
    }
    if (found->size() < records_at_once) break;
  }
  return Json{{"results", std::move(results)}, {"nextCursor", nullptr}};
}

}  // namespace

awaitable<Answer> create_bulk_job(Context& context, Request& request) {
  auto key = idempotency_key(request);
  if (!key) co_return key.error();
  auto asked = read_bulk_request(request);
  if (!asked) co_return asked.error();
  const Result<Timestamp> now = co_await context.database_time.run();
  if (!now) co_return now.error();
  BulkJob& job = asked->job;
  job.created_at = *now;
  auto read = [&queries = context.queries, job] { return look(queries, job); };
  const Result<FlowPage> found = co_await context.query_threads.list(std::move(read));
  if (!found) co_return found.error();
  if (asked->dry_run) co_return dry_run_answer(job, *found);
  job.total = found->total;
  auto keep = [&records = context.records, job, key = *key] { return keep_bulk_job(records, job, key); };
  const Result<KeptBulkJob> kept = co_await context.query_threads.run(std::move(keep));
  if (!kept && is_key_reused(kept.error()))
    co_return http::problem(422, kept.error().message, request, kept.error().members);
  if (!kept) co_return kept.error();
  Answer answer = job_answer(202, kept->record);
  if (!kept->is_new) {
    if (answer) answer->headers.push_back({"Idempotency-Replayed", "true"});
    co_return answer;
  }
  log_info("a bulk job begins", {{"job", kept->record.id},
                                 {"action", to_string(job.action)},
                                 {"filter", job.filter},
                                 {"sagas", std::to_string(job.total)},
                                 {"reason", job.reason},
                                 {"by", job.email}});
  context.wake_bulk_runner();
  co_return answer;
}

awaitable<Answer> list_bulk_jobs(Context& context, Request&) {
  auto read = [&records = context.records] { return listed_jobs(records); };
  const Result<std::vector<StoredRecord>> found = co_await context.query_threads.run(std::move(read));
  if (!found) co_return found.error();
  Json jobs = Json::array();
  for (const StoredRecord& record : *found)
    if (const auto job = read_bulk_job(record)) jobs.push_back(bulk_job_json(*job, record.updated_at));
  const Json body{{"jobs", std::move(jobs)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> get_bulk_job(Context& context, Request& request) {
  const auto id = text_parameter(request, "id");
  if (!id) co_return id.error();
  auto read = [&records = context.records, id = *id] { return find_job(records, id); };
  const Result<StoredRecord> record = co_await context.query_threads.run(std::move(read));
  if (!record) co_return record.error();
  co_return job_answer(200, *record);
}

awaitable<Answer> list_bulk_results(Context& context, Request& request) {
  const auto id = text_parameter(request, "id");
  if (!id) co_return id.error();
  QueryReader query(request);
  const std::int64_t limit = query.integer("limit", 100, 1, results_max);
  const bool refused_only = query.boolean("refused");
  const auto place = read_place(query.text("cursor"));
  if (!place) query.fault("cursor must be the nextCursor of an earlier page");
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto read = [&records = context.records, id = *id, limit, refused_only, place = *place]() -> Result<Json> {
    if (const auto job = find_job(records, id); !job) return job.error();
    return read_results(records, id, place, limit, refused_only);
  };
  const Result<Json> results = co_await context.query_threads.list(std::move(read));
  if (!results) co_return results.error();
  co_return http::json_response(200, *results);
}

awaitable<Answer> stop_bulk_job(Context& context, Request& request) {
  const auto id = text_parameter(request, "id");
  if (!id) co_return id.error();
  auto stop = [&records = context.records, &queries = context.queries, id = *id] {
    return ask_to_stop(records, queries, id);
  };
  const Result<StoredRecord> record = co_await context.query_threads.run(std::move(stop));
  if (!record) co_return record.error();
  context.wake_bulk_runner();
  co_return job_answer(200, *record);
}

}  // namespace sagactl::api
