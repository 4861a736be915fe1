// Results of load tests that were given to a node, to be looked at side by side.
#include <fmt/format.h>

#include "server/api/cluster/handlers.hpp"
#include "server/api/newest_records.hpp"
#include "server/api/query.hpp"
#include "server/api/render.hpp"
#include "server/http/message/json_body.hpp"

namespace sagactl::api {
namespace {

constexpr const char* report_kind = "report";              // the results
constexpr const char* report_entry_kind = "report-entry";  // what the list shows of them, under the same ids
constexpr std::size_t kept_reports_max = 50;
constexpr std::size_t report_name_max = 200;

Error no_such_report(const std::string& id) {
  return Error{ErrorCode::not_found,
               fmt::format("there is no report with this id: the newest {} are kept", kept_reports_max),
               Json{{"id", id}}};
}

// What the list shows of a report, from the result of `sagactl loadtest`.
Json report_entry(const StoredRecord& record) {
  const Json stored = read_json(record.body);
  return Json{{"id", record.id},
              {"at", iso8601_ms(record.created_at)},
              {"by", stored.value("by", "")},
              {"name", stored.value("name", "")},
              {"summary", stored.value("summary", Json(nullptr))}};
}

// The members of a result that are short: what a list of reports compares.
Json summary_of(const Json& result) {
  Json summary = Json::object();
  for (const char* member : {"kind", "run", "scenario", "system", "startedAt", "endedAt", "measuredMs", "end",
                             "verdict", "command", "version", "requests", "sagas", "throughput"})
    if (result.contains(member) && json_text(result[member]).size() <= 4096) summary[member] = result[member];
  return summary;
}

}  // namespace

awaitable<Answer> publish_report(Context& context, Request& request) {
  QueryReader query(request);
  const std::string name = query.text("name").substr(0, report_name_max);
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  const auto result =
      http::parse_json_object(request.body, {.depth_max = 64, .members_max = 100'000, .rounds_numbers = true});
  if (!result) co_return result.error();
  const std::string id = new_uuid().text();
  const Json entry{{"by", request.caller->email}, {"name", name}, {"summary", summary_of(*result)}};
  // The entry comes last: what is listed is there.
  auto keep = [&records = context.records, id, body = json_text(*result), entry = json_text(entry)]() -> Result<void> {
    if (const auto added = records.add_record(report_kind, id, body); !added) return added.error();
    if (const auto added = records.add_record(report_entry_kind, id, entry); !added) return added.error();
    return keep_newest_records(records, report_entry_kind, kept_reports_max, {report_kind, report_entry_kind},
                               kept_reports_max);
  };
  const Result<void> kept = co_await context.query_threads.run(std::move(keep));
  if (!kept) co_return kept.error();
  const Json answer{{"id", id}, {"url", "/ui/reports/" + id}};
  http::Response response = http::json_response(201, answer);
  response.headers.push_back({"Location", "/reports/" + id});
  co_return response;
}

awaitable<Answer> list_reports(Context& context, Request&) {
  auto read = [&records = context.records] { return newest_records(records, report_entry_kind, kept_reports_max); };
  const Result<std::vector<StoredRecord>> found = co_await context.query_threads.run(std::move(read));
  if (!found) co_return found.error();
  Json reports = Json::array();
  for (const StoredRecord& record : *found) reports.push_back(report_entry(record));
  const Json body{{"reports", std::move(reports)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> get_report(Context& context, Request& request) {
  const auto id = text_parameter(request, "id");
  if (!id) co_return id.error();
  auto read = [&records = context.records, id = *id] { return records.record(report_kind, id); };
  const Result<std::optional<StoredRecord>> found = co_await context.query_threads.run(std::move(read));
  if (!found) co_return found.error();
  if (!*found) co_return no_such_report(*id);
  co_return http::json_response(200, read_json((*found)->body));
}

awaitable<Answer> delete_report(Context& context, Request& request) {
  const auto id = text_parameter(request, "id");
  if (!id) co_return id.error();
  auto remove = [&records = context.records, id = *id]() -> Result<bool> {
    const auto entry = records.remove_record(report_entry_kind, id);
    if (!entry) return entry.error();
    return records.remove_record(report_kind, id);
  };
  const Result<bool> removed = co_await context.query_threads.run(std::move(remove));
  if (!removed) co_return removed.error();
  if (!*removed) co_return no_such_report(*id);
  const Json body{{"id", *id}, {"deleted", true}};
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api
