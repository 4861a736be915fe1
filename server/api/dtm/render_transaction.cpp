#include "server/api/dtm/render_transaction.hpp"

#include <cstring>

#include "common/crypto.hpp"
#include "server/saga/dtm_definition.hpp"

namespace sagactl::api {
namespace {

// Clients have 32 bits for it.
std::int64_t number_of(const SagaId& id, std::size_t branch = 0) {
  std::uint64_t low;
  std::memcpy(&low, id.uuid.bytes.data() + 8, 8);
  return static_cast<std::int64_t>((low * 0x9E3779B97F4A7C15ull >> 33) + branch) & 0x7FFFFFFF;
}

std::string base64(std::string_view bytes) {
  std::string text = base64url(bytes);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::int64_t whole_seconds_of(Duration duration) {
  return duration / 1s;
}

void add_text(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

void add_time(Json& json, const char* name, Timestamp time) {
  if (time.us != 0) json[name] = iso8601_ms(time);
}

// The members of the request that are set.
Json options_of(const DtmTransaction& transaction) {
  const DtmTransaction usual;
  Json out = Json::object();
  if (transaction.timeout_to_fail > Duration{}) out["timeout_to_fail"] = whole_seconds_of(transaction.timeout_to_fail);
  if (transaction.request_timeout != usual.request_timeout)
    out["request_timeout"] = whole_seconds_of(transaction.request_timeout);
  if (transaction.retry_interval != usual.retry_interval)
    out["retry_interval"] = whole_seconds_of(transaction.retry_interval);
  if (transaction.retry_limit > 0) out["retry_limit"] = transaction.retry_limit;
  for (const auto& [name, value] : transaction.branch_headers) out["branch_headers"][name] = value;
  out["concurrent"] = transaction.is_concurrent;
  return out;
}

std::string custom_data_of(const DtmTransaction& transaction) {
  Json out = Json::object();
  if (transaction.type == "saga" && transaction.is_concurrent) out["concurrent"] = true;
  for (std::size_t i = 0; i < transaction.after.size(); ++i)
    if (!transaction.after[i].empty()) out["orders"][std::to_string(i)] = transaction.after[i];
  if (transaction.delay > Duration{}) out["delay"] = whole_seconds_of(transaction.delay);
  return out.empty() ? std::string() : json_text(out);
}

// What became of a step's action. `kept` says it of one that has been, or is being, undone.
std::string_view action_status(const SagaDefinition& definition, const StepState& step, bool has_action) {
  if (step.status == StepStatus::succeeded) return "succeed";
  const bool has_begun = step.status == StepStatus::compensating || step.status == StepStatus::compensated;
  if (!has_begun) return "prepared";
  if (!has_action || step.kept == dtm_kept_success) return "succeed";
  const std::string refusal = text_or_empty(read_json(step.kept), "refused");
  return refusal.empty() || refusal == dtm_retry_limit_reason(definition.retry_limit) ? "prepared" : "failed";
}

struct Branch {
  std::size_t index = 0;
  std::string_view op;
  std::string url;
  std::string_view status;
};

Json branch_json(const Saga& saga, const StepState& step, const std::string& payload, const Branch& branch) {
  const std::size_t row = 2 * branch.index + (branch.op == "action" ? 1 : 0);
  Json json{{"id", number_of(saga.id, row)}};
  add_time(json, "create_time", saga.created_at);
  add_time(json, "update_time", std::max({saga.created_at, step.began_at, step.ended_at}));
  json["gid"] = saga.key;
  add_text(json, "url", branch.url);
  add_text(json, "bin_data", base64(payload));
  json["branch_id"] = dtm_branch_id(branch.index);
  json["op"] = branch.op;
  json["status"] = branch.status;
  const bool is_of_now = (branch.op == "action") == (step.status == StepStatus::succeeded);
  if (branch.status != "prepared" && is_of_now) add_time(json, "finish_time", step.ended_at);
  return json;
}

}  // namespace

bool is_dtm_transaction(const Flow& flow) {
  return flow.saga && flow.saga->own_definition && flow.saga->own_definition->protocol == Protocol::dtm;
}

bool was_prepared(const Saga& saga) {
  const auto& steps = saga.own_definition->steps;
  return !steps.empty() && steps.front().name == dtm_prepared_step;
}

DtmStatus dtm_status_of(const Saga& saga) {
  switch (saga.status) {
    case SagaStatus::started:
      return was_prepared(saga) && saga.steps.front().status == StepStatus::running ? DtmStatus::prepared
                                                                                    : DtmStatus::submitted;
    case SagaStatus::compensating:
      return DtmStatus::aborting;
    case SagaStatus::completed:
      return DtmStatus::succeed;
    case SagaStatus::failed:
      return saga.requires_manual_intervention ? DtmStatus::aborting : DtmStatus::failed;
    case SagaStatus::compensated:
      break;
  }
  return DtmStatus::failed;
}

std::string rollback_reason_of(const Saga& saga) {
  const DtmStatus status = dtm_status_of(saga);
  return status == DtmStatus::aborting || status == DtmStatus::failed ? saga.error : std::string();
}

Json transaction_json(const Flow& flow) {
  const Saga& saga = *flow.saga;
  const auto stored = read_dtm_transaction(read_json(saga.own_definition->text));
  const DtmTransaction transaction = stored ? *stored : DtmTransaction{};
  const DtmStatus status = dtm_status_of(saga);
  Json json{{"id", number_of(saga.id)}};
  add_time(json, "create_time", saga.created_at);
  add_time(json, "update_time", saga.updated_at);
  json["gid"] = saga.key;
  json["trans_type"] = transaction.type;
  json["status"] = to_string(status);
  add_text(json, "query_prepared", transaction.query_prepared);
  if (status == DtmStatus::succeed) add_time(json, "finish_time", saga.updated_at);
  if (status == DtmStatus::failed) add_time(json, "rollback_time", saga.updated_at);
  add_text(json, "rollback_reason", rollback_reason_of(saga));
  const Json options = options_of(transaction);
  json["options"] = json_text(options);
  add_text(json, "custom_data", custom_data_of(transaction));
  json["next_cron_interval"] = whole_seconds_of(transaction.retry_interval);
  if (saga.wake_at && !is_terminal(saga.status)) add_time(json, "next_cron_time", *saga.wake_at);
  add_text(json, "owner", saga.owner.node);
  json.update(options);
  return json;
}

Json branches_json(const Flow& flow) {
  const Saga& saga = *flow.saga;
  const SagaDefinition& definition = *saga.own_definition.definition;
  Json list = Json::array();
  const auto stored = read_dtm_transaction(read_json(definition.text));
  if (!stored) return list;
  const Json payloads = read_json(saga.input);
  const std::size_t head = definition.steps.size() - stored->branches.size();
  for (std::size_t i = 0; i < stored->branches.size() && head + i < saga.steps.size(); ++i) {
    const StepState& step = saga.steps[head + i];
    const auto& [action, compensate, has_payload] = stored->branches[i];
    const std::string payload = payloads.is_array() && i < payloads.size() && payloads[i].is_string()
                                    ? payloads[i].get<std::string>()
                                    : std::string();
    const std::string_view undone = step.status == StepStatus::compensated ? "succeed" : "prepared";
    if (stored->type == "saga") list.push_back(branch_json(saga, step, payload, {i, "compensate", compensate, undone}));
    list.push_back(
        branch_json(saga, step, payload, {i, "action", action, action_status(definition, step, !action.empty())}));
  }
  return list;
}

}  // namespace sagactl::api
