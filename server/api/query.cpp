#include "server/api/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/text/text.hpp"
#include "server/api/id_range.hpp"
#include "server/http/message/validate.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t text_parameter_max = 256;
constexpr std::int64_t page_max = 1'000'000'000;

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

Actor actor_of(const http::Request& request) {
  if (!request.caller) crash("actor_of: the route is open to anyone, so that the request has no caller");
  const auto id = UserId::parse(request.caller->id);
  if (!id) crash("actor_of: the id of the caller is not a user id");
  return Actor{*id, from_string<Role>(request.caller->role).value_or(Role::customer)};
}

Result<void> may_set_stock(const http::Request& request) {
  if (actor_of(request).role != Role::customer) return {};
  return Error{ErrorCode::forbidden, "Forbidden resource: stock is set by merchants and admins",
               Json{{"error", "Forbidden"}}};
}

std::optional<UserId> owner_filter(const http::Request& request) {
  const Actor actor = actor_of(request);
  return actor.role == Role::admin ? std::nullopt : std::optional(actor.user);
}

Result<Uuid> uuid_parameter(const http::Request& request, std::string_view name) {
  const auto uuid = Uuid::parse(without_saga_prefix(request.parameter(name)));
  if (!uuid) return Error{ErrorCode::invalid, "Validation failed (uuid is expected)"};
  return *uuid;
}

Result<std::string> text_parameter(const http::Request& request, std::string_view name) {
  const std::string_view text = request.parameter(name);
  if (text.size() > text_parameter_max)
    return http::validation_error(
        {fmt::format("{} must be shorter than or equal to {} characters", name, text_parameter_max)});
  if (has_control_characters(text) || !is_utf8(text))
    return http::validation_error({fmt::format("{} must not contain control characters", name)});
  return std::string(text);
}

std::int64_t QueryReader::integer(std::string_view name, std::int64_t fallback, std::int64_t min, std::int64_t max) {
  const auto text = request_.query_value(name);
  if (!text) return fallback;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc::result_out_of_range && !text->starts_with('-'))
    value = max + 1;
  else if (error != std::errc() || end != text->data() + text->size()) {
    fault(fmt::format("{} must be an integer number", name));
    return fallback;
  }
  if (value < min)
    fault(fmt::format("{} must not be less than {}", name, min));
  else if (value > max)
    fault(fmt::format("{} must not be greater than {}", name, max));
  else
    return value;
  return fallback;
}

bool QueryReader::boolean(std::string_view name) {
  const auto text = request_.query_value(name);
  if (!text || *text == "false") return false;
  if (*text == "true" || text->empty()) return true;
  fault(fmt::format("{} must be a boolean value", name));
  return false;
}

std::string QueryReader::text(std::string_view name) {
  const auto text = request_.query_value(name);
  if (!text) return {};
  if (has_control_characters(*text) || !is_utf8(*text) || text->size() > text_parameter_max) {
    fault(fmt::format("{} must be text of at most {} bytes without control characters", name, text_parameter_max));
    return {};
  }
  return std::string(*text);
}

std::optional<Timestamp> QueryReader::time(std::string_view name) {
  const auto text = request_.query_value(name);
  if (!text) return std::nullopt;
  const auto time = parse_iso8601(*text);
  if (time) return *time;
  fault(fmt::format("{} must be a valid ISO 8601 date string", name));
  return std::nullopt;
}

std::optional<Duration> QueryReader::duration(std::string_view name) {
  const auto text = request_.query_value(name);
  if (!text) return std::nullopt;
  const auto duration = parse_duration(*text);
  if (duration) return *duration;
  fault(fmt::format("{} must be a duration such as 500ms, 10s or 2m", name));
  return std::nullopt;
}

std::optional<Uuid> QueryReader::uuid(std::string_view name) {
  const auto text = request_.query_value(name);
  if (!text) return std::nullopt;
  const auto uuid = Uuid::parse(*text);
  if (!uuid) fault(fmt::format("{} must be a UUID", name));
  return uuid;
}

std::optional<IdRange> QueryReader::ids(std::string_view name) {
  const auto text = request_.query_value(name);
  if (!text) return std::nullopt;
  if (auto range = ids_beginning_with(*text)) return range;
  fault(fmt::format("{} must be the beginning of a UUID", name));
  return std::nullopt;
}

Result<void> QueryReader::finish() {
  if (faults_.empty()) return {};
  return http::validation_error(std::move(faults_));
}

std::vector<std::string> QueryReader::words(std::string_view name) const {
  std::vector<std::string> all;
  for (const std::string& key : {std::string(name), std::string(name) + "[]"})
    for (const std::string_view value : request_.query_values(key))
      for (std::string& word : split(value, ',')) all.push_back(std::move(word));
  return all;
}

void QueryReader::not_one_of(std::string_view name, std::span<const std::string_view> choices) {
  const std::vector<std::string> list(choices.begin(), choices.end());
  fault(fmt::format("{} must be one of the following values: {}", name, join(list, ", ")));
}

PageRequest read_page(QueryReader& query, std::int64_t default_limit, std::int64_t limit_max) {
  PageRequest page;
  page.number = query.integer("page", 1, 1, page_max);
  page.limit = query.integer("limit", default_limit, 1, limit_max);
  if (const auto cursor = query.uuid("cursor")) page.after = OrderId{*cursor};
  if (page.after && query.has("page")) query.fault("page and cursor must not be given together: use one of them");
  return page;
}

void add_page(Json& body, const PageRequest& page, const FlowPage& found) {
  body["total"] = page.count ? Json(found.total) : Json(nullptr);
  body["page"] = page.number;
  body["limit"] = page.limit;
  body["totalPages"] = page.count ? Json((found.total + page.limit - 1) / page.limit) : Json(nullptr);
  const auto size = static_cast<std::int64_t>(found.flows.size());
  const std::int64_t seen = (page.number - 1) * page.limit + size;
  const bool more = size == page.limit && (page.after || !page.count || seen < found.total);
  body["nextCursor"] = more ? Json(found.flows.back().order.id.text()) : Json(nullptr);
}

}  // namespace sagactl::api
