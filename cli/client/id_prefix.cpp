#include "cli/client/id_prefix.hpp"

#include "cli/client/json_answer.hpp"
#include "common/id.hpp"
#include "common/text/text.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {
namespace {

constexpr std::size_t digits_min = 4;
constexpr std::size_t prefix_candidates_max = 5;
constexpr std::string_view id_pattern = "00000000-0000-0000-0000-000000000000";

bool begins_like_an_id(std::string_view text) {
  if (text.empty() || text.size() >= id_pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
    if (id_pattern[i] == '-' ? text[i] != '-' : !is_digit) return false;
  }
  return true;
}

}  // namespace

bool is_id_prefix(const std::string& text) {
  const std::string_view digits = after_saga_prefix(text);
  return digits.size() >= digits_min && begins_like_an_id(digits);
}

std::string when_too_short(const std::string& text) {
  const std::string_view digits = after_saga_prefix(text);
  if (digits.size() >= digits_min || !begins_like_an_id(digits)) return {};
  return "; the first digits of an id are at least " + std::to_string(digits_min);
}

Result<std::string> resolve_id_prefix(NodeClient& client, const std::string& text) {
  const std::string digits = lower(after_saga_prefix(text));
  const auto found = client.get("/sagas?id=" + digits + "&limit=" + std::to_string(prefix_candidates_max + 1));
  if (!found) return found.error();
  std::vector<std::string> ids;
  // A server without the filter `id` returns other sagas as well.
  for (const Json& saga : json_member(*found, "sagas"))
    if (const std::string id = text_member(saga, "id"); id.starts_with(digits)) ids.push_back(id);
  if (ids.size() == 1) return ids.front();
  if (ids.empty())
    return with_hint(Error{ErrorCode::not_found, "no saga or order has an id that begins with '" + text + "'"},
                     "`sagactl saga list` and `sagactl order list` show the ids");
  const bool more = ids.size() > prefix_candidates_max;
  if (more) ids.resize(prefix_candidates_max);
  return with_hint(
      Error{ErrorCode::invalid, "'" + text + "' is ambiguous: " + join(ids, ", ") + (more ? " and more" : "")},
      "give more digits of the id");
}

Result<std::string> resolve_id(NodeClient& client, const std::string& text) {
  return is_id_prefix(text) ? resolve_id_prefix(client, text) : Result<std::string>(text);
}

Error with_what_was_looked_for(Error error, std::string_view what, const std::string& id, std::string_view list) {
  if (error.code != ErrorCode::not_found) return error;
  error.message += ": there is no " + std::string(what) + " '" + id + "'" + when_too_short(id);
  return with_hint(std::move(error), "`" + std::string(list) + "` shows those that exist");
}

Error no_such_saga(Error error, const std::string& id) {
  if (error.members.is_object() && error.members.contains("hint")) return error;
  return with_what_was_looked_for(std::move(error), "saga", id, "sagactl saga list");
}

Result<std::string> resolve_order_id(NodeClient& client, const std::string& text) {
  if (Uuid::parse(text) || is_id_prefix(text)) return resolve_id(client, text);
  return with_hint(
      Error{ErrorCode::invalid, "'" + text +
                                    "' is not the id of an order, which looks like "
                                    "0198f0a0-5b3c-7000-8000-000000000001, nor its first digits (at least " +
                                    std::to_string(digits_min) + ")"},
      "`sagactl order list` shows the ids");
}

}  // namespace sagactl
