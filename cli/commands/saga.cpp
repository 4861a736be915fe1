// `sagactl saga`: lists sagas by filters, shows one, shows the saga definitions, and checks those of users.
#include <algorithm>
#include <memory>
#include <ostream>

#include "analysis/readable.hpp"
#include "cli/client/find_saga.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/commands.hpp"
#include "cli/commands/saga_commands.hpp"
#include "cli/commands/saga_filter.hpp"
#include "cli/commands/saga_lint.hpp"
#include "cli/flag.hpp"
#include "cli/output/definition_tree.hpp"
#include "cli/output/saga_table.hpp"
#include "cli/output/saga_tree.hpp"

namespace sagactl {
namespace {

struct SagaListFlags {
  SagaFilterFlags filter;
  std::int64_t page = 1;
  std::int64_t limit = 20;
};

// The definitions whose sagas the filter may be about.
std::vector<Json> filtered_definitions(const Json& all, const std::string& name) {
  std::vector<Json> definitions;
  for (const Json& each : json_member(all, "definitions"))
    if (name.empty() || text_member(each, "name") == name) definitions.push_back(each);
  return definitions;
}

std::string no_such_name(const std::string& what, const std::string& name, const std::vector<std::string>& known) {
  const std::string near = nearest(name, known);
  return "there is no " + what + " '" + name + "'" +
         (near.empty() ? "; there are " + join(known, ", ") : "; did you mean " + near + "?");
}

// By which members of their input the sagas are found: "guest (trip), sku (order)".
std::string searchable(const std::vector<Json>& definitions) {
  std::string text;
  for (const Json& definition : definitions)
    for (const std::string& path : texts_member(definition, "search"))
      text += (text.empty() ? "" : ", ") + path + " (" + text_member(definition, "name") + ")";
  return text.empty() ? "none is" : text + (text.find(',') == std::string::npos ? " is" : " are");
}

bool names_path(const Json& definition, const std::string& path) {
  const Json& search = json_member(definition, "search");
  return std::find(search.begin(), search.end(), Json(path)) != search.end();
}

// A misspelled type or definition, or a member by which sagas are not found, matches nothing.
void explain_no_match(const Invocation& invocation, NodeClient& client, const SagaFilterFlags& filter) {
  if (filter.definition.empty() && filter.type.empty() && filter.input.empty()) return;
  const auto all = client.get("/sagas/definitions");
  if (!all) return;
  std::vector<std::string> names, published;
  for (const Json& each : json_member(*all, "definitions")) {
    names.push_back(text_member(each, "name"));
    if (!bool_member(each, "builtIn")) published.push_back(names.back());
  }
  const auto is_among = [](const std::vector<std::string>& known, const std::string& name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  };
  // Those of DTM's and LRA's clients have no definition.
  const bool is_of_clients = filter.type.starts_with("dtm") || filter.type.starts_with("lra");
  if (!filter.type.empty() && !is_of_clients && !is_among(names, filter.type))
    invocation.info(no_such_name("saga type", filter.type, names));
  if (!filter.definition.empty() && !is_among(published, filter.definition))
    return invocation.info(published.empty() ? "no saga definition is published: see `sagactl saga publish`"
                                             : no_such_name("saga definition", filter.definition, published));
  const std::vector<Json> definitions = filtered_definitions(*all, filter.definition);
  for (const std::string& member : filter.input) {
    const std::string path = member.substr(0, member.find('='));
    const bool is_named = std::any_of(definitions.begin(), definitions.end(),
                                      [&](const Json& definition) { return names_path(definition, path); });
    if (!is_named)
      invocation.info("sagas" + (filter.definition.empty() ? "" : " of " + filter.definition) + " are not found by " +
                      path + ": only what a definition names under `search` is searchable, and " +
                      searchable(definitions));
  }
}

Result<ExitCode> list_sagas(Invocation& invocation, const SagaListFlags& flags) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const std::string query = flags.filter.query();
  const auto found = client->get("/sagas?page=" + std::to_string(flags.page) + "&limit=" + std::to_string(flags.limit) +
                                 (query.empty() ? "" : "&" + query));
  if (!found) return found.error();
  if (invocation.wants_json()) {
    invocation.print(*found, "sagas");
    return ExitCode::done;
  }
  const Json& sagas = json_member(*found, "sagas");
  if (sagas.empty() && integer_member(*found, "total") > 0) {
    invocation.info(page_text(*found, "saga"));
    return ExitCode::done;
  }
  if (sagas.empty()) {
    invocation.info(query.empty() ? "no sagas" : "no sagas match: " + flags.filter.text());
    explain_no_match(invocation, *client, flags.filter);
    return ExitCode::done;
  }
  saga_table({sagas.begin(), sagas.end()}, invocation.paint)
      .print(invocation.terminal.out, invocation.terminal.table_width());
  invocation.info(page_text(*found, "saga"));
  return ExitCode::done;
}

Result<ExitCode> get_saga(Invocation& invocation, const std::string& id) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto saga = find_saga(*client, id);
  if (!saga) return saga.error();
  if (invocation.wants_json())
    invocation.print(*saga);
  else
    invocation.terminal.out << saga_tree(Json{{"saga", *saga}}, invocation.paint, invocation.terminal.table_width());
  return ExitCode::done;
}

Result<ExitCode> list_definitions(Invocation& invocation) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto found = client->get("/sagas/definitions");
  if (!found) return found.error();
  if (invocation.wants_json()) {
    invocation.print(*found, "definitions");
    return ExitCode::done;
  }
  bool is_first = true;
  for (const Json& definition : json_member(*found, "definitions")) {
    invocation.terminal.out << (is_first ? "" : "\n")
                            << definition_tree(definition, invocation.paint, invocation.settings.verbose,
                                               invocation.terminal.table_width());
    is_first = false;
  }
  return ExitCode::done;
}

}  // namespace

void add_saga(CLI::App& root, Commands& commands) {
  CLI::App* group = add_command_group(root, "saga", "Start, show, steer and rehearse sagas; publish their definitions",
                                      operations_group);

  const auto flags = std::make_shared<SagaListFlags>();
  CLI::App* list = add_command(*group, "list", "List sagas, newest first");
  add_saga_filter_flags(*list, flags->filter);
  add_number(*list, "--page", flags->page, 1, 1'000'000'000, "Page number [1]");
  add_number(*list, "--limit", flags->limit, 1, 100, "Sagas per page [20]");
  set_examples(*list, {"sagactl saga list --status failed --older-than 1h", "sagactl saga list --stuck -o ndjson"});
  commands.add(list, [flags](Invocation& invocation) { return list_sagas(invocation, *flags); });

  const auto id = std::make_shared<std::string>();
  CLI::App* get = add_command(*group, "get", "Show a saga");
  add_text(*get, "saga", *id, "SAGA-ID",
           "Saga id, order id, correlation id or idempotency key, or the first digits of an id")
      .required();
  commands.add(get, [id](Invocation& invocation) { return get_saga(invocation, *id); });

  CLI::App* all =
      add_command(*group, "definitions", "Show the saga definitions of the nodes as trees; -v adds their topics");
  commands.add(all, [](Invocation& invocation) { return list_definitions(invocation); });

  add_saga_lint(*group, commands);
  add_saga_publish(*group, commands);
  add_saga_start(*group, commands);
  add_saga_steps(*group, commands);
  add_saga_rehearse(*group, commands);
}

}  // namespace sagactl
