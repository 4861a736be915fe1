#include "cli/commands/saga_filter.hpp"

#include <algorithm>

#include "cli/client/json_answer.hpp"
#include "cli/flag.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {
namespace {

constexpr std::size_t page_size = 100;

void add_users_saga_filter_flags(CLI::App& app, SagaFilterFlags& flags) {
  add_text(app, "--definition", flags.definition, "NAME", "Only sagas of this published definition, of any user");
  add_number(app, "--definition-version", flags.version, 1, 1'000'000'000, "Only sagas of this version of it");
  add_text(app, "--step", flags.step, "NAME", "Only sagas that are at this step");
  add_text(app, "--key", flags.key, "KEY", "Only sagas that were started with this key");
  const auto take_input = [&flags](const std::string& text) -> Result<void> {
    const std::size_t equals = text.find('=');
    const bool is_file = text.starts_with('@') || text.starts_with('{') || text.ends_with(".json");
    if (is_file)
      return Error{ErrorCode::invalid, "'" + text +
                                           "' is not PATH=VALUE: here --input finds sagas by one value of their "
                                           "input, such as guest=kim; only `saga start` takes a whole input"};
    if (equals == std::string::npos || equals == 0)
      return Error{ErrorCode::invalid, "'" + text + "' is not PATH=VALUE, such as guest=kim or address.city=Seoul"};
    flags.input.push_back(text);
    return {};
  };
  add_flag_with(app, "--input", take_input, "PATH=VALUE",
                "Only sagas whose input has this value; PATH is one that the definition names under `search`")
      .repeatable(20);
}

}  // namespace

bool SagaFilterFlags::empty() const {
  return query().empty();
}

std::string SagaFilterFlags::query() const {
  std::vector<std::string> parts;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) parts.push_back(std::string(name) + "=" + percent_encode(value));
  };
  for (const std::string& status : statuses) add("status", status);
  add("type", type);
  add("node", node);
  add("error", error);
  if (older_than) add("olderThan", std::to_string(older_than->count()) + "us");
  if (retries_over) add("retriesOver", std::to_string(*retries_over));
  if (stuck) add("stuck", "true");
  add("definition", definition);
  if (version) add("version", std::to_string(*version));
  add("step", step);
  add("key", key);
  for (const std::string& member : input) {
    const std::size_t equals = member.find('=');
    parts.push_back("input." + percent_encode(member.substr(0, equals)) + "=" +
                    percent_encode(member.substr(equals + 1)));
  }
  return join(parts, "&");
}

std::string SagaFilterFlags::text() const {
  std::vector<std::string> parts;
  if (!statuses.empty()) parts.push_back("status " + join(statuses, " or "));
  if (!type.empty()) parts.push_back("type " + type);
  if (!node.empty()) parts.push_back("owned by node " + node);
  if (!error.empty()) parts.push_back("error containing '" + error + "'");
  if (older_than) parts.push_back("older than " + format_duration(*older_than));
  if (retries_over) parts.push_back("more than " + std::to_string(*retries_over) + " retries");
  if (stuck) parts.push_back("stuck");
  if (!definition.empty()) parts.push_back("of definition " + definition);
  if (version) parts.push_back("of version " + std::to_string(*version));
  if (!step.empty()) parts.push_back("at step " + step);
  if (!key.empty()) parts.push_back("with key '" + key + "'");
  for (const std::string& member : input) parts.push_back("with input " + member);
  return join(parts, ", ");
}

void add_saga_filter_flags(CLI::App& app, SagaFilterFlags& flags) {
  const auto take_status = [&flags](const std::string& text) -> Result<void> {
    for (const std::string& word : split(text, ',')) {
      if (!from_string<SagaStatus>(word)) return not_one_of(word, choices_of<SagaStatus>());
      flags.statuses.push_back(word);
    }
    return {};
  };
  add_flag_with(app, "--status", take_status, join(choices_of<SagaStatus>(), "|"),
                "Only sagas with this status; may be repeated")
      .repeatable(5);
  add_switch(app, "--stuck", flags.stuck, "Only sagas without progress for a minute");
  add_duration(app, "--older-than", flags.older_than, "Only sagas started more than DURATION ago");
  add_text(app, "--node", flags.node, "NAME", "Only sagas owned by this node");
  add_text(app, "--error", flags.error, "TEXT", "Only sagas whose error contains TEXT");
  add_number(app, "--retries-gt", flags.retries_over, 0, 1'000'000,
             "Only sagas whose current step was retried more than N times");
  add_text(app, "--type", flags.type, "NAME", "Only sagas of this type, such as OrderProcessingSaga");
  add_users_saga_filter_flags(app, flags);
}

Result<FoundSagas> find_sagas(NodeClient& client, const SagaFilterFlags& flags, std::size_t limit) {
  FoundSagas found;
  const std::string query = flags.query();
  // Pages by cursor, not by number: sagas that end in the meantime no longer match, and later ones would move to a page
  // that was read already. Falls back to page numbers for a server without cursors.
  std::string from = "page=1";
  for (std::int64_t page = 1; found.sagas.size() < limit; ++page) {
    auto answer =
        client.get("/sagas?" + from + "&limit=" + std::to_string(page_size) + (query.empty() ? "" : "&" + query));
    if (!answer) return answer.error();
    if (page == 1) found.total = integer_member(*answer, "total");
    const Json& sagas = json_member(*answer, "sagas");
    for (const Json& saga : sagas)
      if (found.sagas.size() < limit) found.sagas.push_back(saga);
    if (sagas.size() < page_size) break;
    const std::string cursor = text_member(*answer, "nextCursor");
    from = cursor.empty() ? "page=" + std::to_string(page + 1) : "cursor=" + cursor;
  }
  return found;
}

}  // namespace sagactl
