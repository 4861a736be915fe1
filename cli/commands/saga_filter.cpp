#include "cli/commands/saga_filter.hpp"

#include <algorithm>

#include "cli/flag.hpp"
#include "cli/client/json_answer.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {
namespace {

constexpr std::size_t page_size = 100;

}  // namespace

bool SagaFlags::empty() const {
  return query().empty();
}

std::string SagaFlags::query() const {
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
  return join(parts, "&");
}

std::string SagaFlags::text() const {
  std::vector<std::string> parts;
  if (!statuses.empty()) parts.push_back("status " + join(statuses, " or "));
  if (!type.empty()) parts.push_back("type " + type);
  if (!node.empty()) parts.push_back("on " + node);
  if (!error.empty()) parts.push_back("error with '" + error + "'");
  if (older_than) parts.push_back("older than " + format_duration(*older_than));
  if (retries_over) parts.push_back("more than " + std::to_string(*retries_over) + " retries");
  if (stuck) parts.push_back("stuck");
  return join(parts, ", ");
}

void add_saga_flags(CLI::App& app, SagaFlags& flags) {
  const auto take_status = [&flags](const std::string& text) -> Result<void> {
    for (const std::string& word : split(text, ',')) {
      if (!from_string<SagaStatus>(word))
        return Error{ErrorCode::invalid,
                     "'" + word + "' is none of started, completed, failed, compensating, compensated"};
      flags.statuses.push_back(word);
    }
    return {};
  };
  add_flag_with(app, "--status", take_status, "started|completed|failed|compensating|compensated",
                "In this status; may be repeated")
      .repeatable(5);
  add_switch(app, "--stuck", flags.stuck, "Not ended, and no step forward for a minute");
  add_duration(app, "--older-than", flags.older_than, "Begun before so long ago");
  add_text(app, "--node", flags.node, "NAME", "Driven by this node");
  add_text(app, "--error", flags.error, "TEXT", "Whose error has this in it");
  add_number(app, "--retries-gt", flags.retries_over, 0, 1'000'000, "More tries of its step than so many");
  add_text(app, "--type", flags.type, "NAME", "Of this kind, such as OrderProcessingSaga");
}

Result<FoundSagas> find_sagas(NodeClient& client, const SagaFlags& flags, std::size_t limit) {
  FoundSagas found;
  const std::string query = flags.query();
  // From where the page before ended, and not by number: sagas that end meanwhile leave the filter, and those after
  // them would move to a page that was read already. A server without cursors is read by number.
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
