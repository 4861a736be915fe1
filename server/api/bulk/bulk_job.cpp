#include "server/api/bulk/bulk_job.hpp"

#include <fmt/format.h>

#include "common/log.hpp"
#include "server/api/render.hpp"

namespace sagactl::api {
namespace {

Json items_json(const std::vector<BulkItem>& items) {
  Json list = Json::array();
  for (const BulkItem& item : items) list.push_back(Json::array({item.saga.text(), item.version.us}));
  return list;
}

Json optional_json(const std::optional<Timestamp>& time) {
  return time ? Json(time->us) : Json(nullptr);
}

std::optional<Timestamp> optional_time(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return Timestamp{json.get<std::int64_t>()};
}

BulkJob job_of(const Json& json) {
  BulkJob job;
  job.action = from_string<BulkAction>(json.at("action").get<std::string>()).value();
  job.filter = json.at("filter");
  job.reason = json.at("reason");
  job.step = json.at("step");
  job.recharge = json.at("recharge");
  job.by = UserId::parse(json.at("by").get<std::string>()).value();
  job.email = json.at("email");
  job.rate = json.at("rate");
  job.at_most = json.at("atMost");
  job.total = json.at("total");
  job.created_at = Timestamp{json.at("createdAt").get<std::int64_t>()};
  job.state = from_string<BulkState>(json.at("state").get<std::string>()).value();
  job.stop = json.at("stop");
  job.error = json.at("error");
  job.tried = json.at("tried");
  job.accepted = json.at("accepted");
  job.ended_at = optional_time(json.at("endedAt"));
  if (!json.at("after").is_null()) job.after = OrderId::parse(json.at("after").get<std::string>());
  job.chunk = json.at("chunk");
  for (const Json& item : json.at("inHand"))
    job.in_hand.push_back(
        {SagaId::parse(item.at(0).get<std::string>()).value(), Timestamp{item.at(1).get<std::int64_t>()}});
  job.node = json.at("node");
  job.held_until = Timestamp{json.at("heldUntil").get<std::int64_t>()};
  return job;
}

}  // namespace

std::string bulk_job_text(const BulkJob& job) {
  return json_text(Json{{"action", to_string(job.action)},
                        {"filter", job.filter},
                        {"reason", job.reason},
                        {"step", job.step},
                        {"recharge", job.recharge},
                        {"by", job.by.text()},
                        {"email", job.email},
                        {"rate", job.rate},
                        {"atMost", job.at_most},
                        {"total", job.total},
                        {"createdAt", job.created_at.us},
                        {"state", to_string(job.state)},
                        {"stop", job.stop},
                        {"error", job.error},
                        {"tried", job.tried},
                        {"accepted", job.accepted},
                        {"endedAt", optional_json(job.ended_at)},
                        {"after", job.after ? Json(job.after->text()) : Json(nullptr)},
                        {"chunk", job.chunk},
                        {"inHand", items_json(job.in_hand)},
                        {"node", job.node},
                        {"heldUntil", job.held_until.us}});
}

Result<BulkJob> read_bulk_job(const StoredRecord& record) {
  try {
    BulkJob job = job_of(Json::parse(record.body));
    job.id = record.id;
    return job;
  } catch (const std::exception& failure) {
    return Error{ErrorCode::bug, fmt::format("the bulk job {} cannot be read: {}", record.id, failure.what())};
  }
}

Json bulk_job_json(const BulkJob& job, Timestamp updated_at) {
  return Json{{"id", job.id},
              {"action", to_string(job.action)},
              {"filter", job.filter},
              {"reason", text_or_null(job.reason)},
              {"step", text_or_null(job.step)},
              {"by", job.by.text()},
              {"email", job.email},
              {"state", to_string(job.state)},
              {"isStopping", job.stop && job.state == BulkState::running},
              {"total", job.total},
              {"tried", job.tried},
              {"accepted", job.accepted},
              {"refused", job.tried - job.accepted},
              {"rate", job.rate},
              {"createdAt", iso8601_ms(job.created_at)},
              {"updatedAt", iso8601_ms(updated_at)},
              {"endedAt", job.ended_at ? Json(iso8601_ms(*job.ended_at)) : Json(nullptr)},
              {"nodeId", text_or_null(job.node)},
              {"error", text_or_null(job.error)}};
}

void log_bulk_end(const BulkJob& job) {
  log_info("a bulk job has ended", {{"job", job.id},
                                    {"action", to_string(job.action)},
                                    {"state", to_string(job.state)},
                                    {"tried", std::to_string(job.tried)},
                                    {"accepted", std::to_string(job.accepted)},
                                    {"by", job.email}});
}

std::string bulk_result_id(const std::string& job, std::int64_t chunk) {
  return fmt::format("{}/{:08}", job, chunk);
}

}  // namespace sagactl::api
