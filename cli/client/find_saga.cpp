#include "cli/client/find_saga.hpp"

#include <fmt/format.h>

#include "cli/client/id_prefix.hpp"
#include "cli/client/json_answer.hpp"
#include "common/id.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int sagas_shown_max = 5;

// Users' sagas of different definitions may have the same key.
Error ambiguous_key(const std::string& key, const std::vector<Json>& sagas) {
  std::vector<std::string> candidates;
  for (const Json& saga : sagas) candidates.push_back(text_member(saga, "id") + " of " + text_member(saga, "sagaType"));
  return with_hint(
      Error{ErrorCode::invalid, fmt::format("'{}' is the key of several sagas: {}", key, join(candidates, ", "))},
      "give the id of one, or its first digits");
}

// not_found: no saga was started with that key, or the server does not know the filter.
Result<std::string> find_by_key(NodeClient& client, const std::string& key) {
  const auto found = client.get(fmt::format("/sagas?key={}&limit={}", percent_encode(key), sagas_shown_max));
  if (!found) return found.error();
  std::vector<Json> sagas;
  for (const Json& saga : json_member(*found, "sagas"))
    if (json_member(saga, "key") == Json(key)) sagas.push_back(saga);
  if (sagas.empty()) return Error{ErrorCode::not_found, fmt::format("no saga has the key '{}'", key)};
  if (sagas.size() > 1) return ambiguous_key(key, sagas);
  return text_member(sagas.front(), "id");
}

// A node gives the newest saga of a key. An operation must not fall on one of several that was not meant.
Result<void> check_only_one(NodeClient& client, const Json& saga, const std::string& text) {
  if (json_member(saga, "key") != Json(text) || json_member(saga, "correlationId") == Json(text)) return {};
  const auto id = find_by_key(client, text);
  if (!id && id.error().code != ErrorCode::not_found) return id.error();
  return {};
}

}  // namespace

Result<std::string> find_saga_by_key_or_prefix(NodeClient& client, const std::string& text) {
  auto id = find_by_key(client, text);
  if (id || id.error().code != ErrorCode::not_found || !is_id_prefix(text)) return id;
  return resolve_id_prefix(client, text);
}

Result<Json> find_saga(NodeClient& client, const std::string& text) {
  const bool is_id = Uuid::parse(text).has_value();
  auto saga = client.get((is_id ? "/sagas/" : "/sagas/correlation/") + percent_encode(text));
  if (saga && !is_id) {
    if (auto only = check_only_one(client, *saga, text); !only) return only.error();
  }
  if (saga || saga.error().code != ErrorCode::not_found) return saga;
  if (is_id) return no_such_saga(saga.error(), text);
  const auto id = find_saga_by_key_or_prefix(client, text);
  if (id) return client.get("/sagas/" + percent_encode(*id));
  const bool is_unknown = id.error().code == ErrorCode::not_found && !is_id_prefix(text);
  return no_such_saga(is_unknown ? saga.error() : id.error(), text);
}

Result<std::string> find_saga_id(NodeClient& client, const std::string& text) {
  if (Uuid::parse(text)) return text;
  const auto saga = find_saga(client, text);
  return saga ? Result<std::string>(text_member(*saga, "id")) : saga.error();
}

}  // namespace sagactl
