// `sagactl trace`: one saga as a tree, from its first event to its last.
#include <chrono>
#include <memory>
#include <ostream>
#include <thread>

#include "cli/client/find_saga.hpp"
#include "cli/client/id_prefix.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/client/saga_wait.hpp"
#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/output/saga_tree.hpp"
#include "common/id.hpp"

namespace sagactl {
namespace {

constexpr Duration follow_interval = 200ms;
constexpr int nested_max = 50;  // traces of nested LRAs

struct TraceFlags {
  std::string id;
  bool follow = false;
};

// For a server that finds traces by correlation id only: looks up the correlation id of the saga or order with this id.
Result<Json> trace_by_other_id(NodeClient& client, const std::string& id) {
  if (const auto saga = client.get("/sagas/" + percent_encode(id))) {
    const std::string correlation = text_member(*saga, "correlationId");
    if (!correlation.empty()) return client.get("/trace/correlation/" + percent_encode(correlation));
  }
  const auto by_order = client.get("/trace/order/" + percent_encode(id));
  if (by_order && json_member(*by_order, "sagas").is_array() && !json_member(*by_order, "sagas").empty()) {
    const std::string correlation = text_member(json_member(*by_order, "sagas").front(), "correlationId");
    if (!correlation.empty()) return client.get("/trace/correlation/" + percent_encode(correlation));
  }
  return Error{ErrorCode::not_found, "no trace"};
}

Result<Json> find_trace(NodeClient& client, const std::string& id);

// The text is no id, but may be the key of a user's saga, or the prefix of an id.
Result<Json> find_trace_by_key_or_prefix(NodeClient& client, const std::string& text, Error not_found) {
  const auto id = find_saga_by_key_or_prefix(client, text);
  if (id) return find_trace(client, *id);
  return id.error().code == ErrorCode::not_found ? not_found : id.error();
}

Result<Json> find_trace(NodeClient& client, const std::string& id) {
  auto trace = client.get("/trace/correlation/" + percent_encode(id));
  const bool unknown = trace ? json_member(*trace, "found") == false : trace.error().code == ErrorCode::not_found;
  if (unknown && Uuid::parse(id)) trace = trace_by_other_id(client, id);
  const bool found = trace && bool_member(*trace, "found");
  if (found || (!trace && trace.error().code != ErrorCode::not_found)) return trace;
  Error none = with_hint(
      Error{ErrorCode::not_found, "no trace found for '" + id +
                                      "': no saga or order has this id, correlation id or idempotency key at " +
                                      client.url() + when_too_short(id)},
      "`sagactl saga list` and `sagactl order list` show the ids");
  return Uuid::parse(id) ? Result<Json>(std::move(none)) : find_trace_by_key_or_prefix(client, id, std::move(none));
}

// Adds the traces of the LRAs that are nested in this one, and in those. One that cannot be read is left out, but for
// its id, which its parent has.
void add_nested_traces(NodeClient& client, Json& trace, int& left) {
  const Json participants = json_member(json_member(json_member(trace, "saga"), "lra"), "participants");
  for (const Json& participant : participants) {
    const std::string id = text_member(participant, "nested");
    if (id.empty() || left == 0) continue;
    --left;
    auto nested = find_trace(client, id);
    if (!nested) continue;
    add_nested_traces(client, *nested, left);
    trace["nested"][id] = std::move(*nested);
  }
}

// Prints the events after the first `shown` ones.
void print_new_events(const Invocation& invocation, const Json& trace, std::size_t& shown) {
  const Json& timeline = json_member(trace, "timeline");
  for (; shown < timeline.size(); ++shown) {
    if (invocation.settings.format == OutputFormat::ndjson)
      invocation.terminal.out << json_text(timeline[shown]) << '\n' << std::flush;
    if (invocation.settings.format != OutputFormat::table) continue;
    const Json& first = timeline.front();
    const Json began = or_default(text_member(first, "occurredAt"), text_member(first, "timestamp"));
    invocation.terminal.out << event_line(timeline[shown], began, invocation.paint) << '\n' << std::flush;
  }
}

Result<Json> follow(Invocation& invocation, NodeClient& client, const std::string& id) {
  for (std::size_t shown = 0;;) {
    auto trace = find_trace(client, id);
    if (!trace) return trace;
    print_new_events(invocation, *trace, shown);
    if (is_final_status(text_member(json_member(*trace, "saga"), "status"))) return trace;
    if (!invocation.terminal.out) return trace;  // a write error is reported at the end
    std::this_thread::sleep_for(follow_interval);
  }
}

Result<ExitCode> run_trace(Invocation& invocation, const TraceFlags& flags) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  auto trace = flags.follow ? follow(invocation, *client, flags.id) : find_trace(*client, flags.id);
  if (!trace) return trace.error();
  int nested = nested_max;
  add_nested_traces(*client, *trace, nested);
  if (invocation.settings.format == OutputFormat::table)
    invocation.terminal.out << (flags.follow ? "\n" : "")
                            << saga_tree(*trace, invocation.paint, invocation.terminal.table_width());
  else if (invocation.settings.format == OutputFormat::json || !flags.follow)
    invocation.print(*trace);
  return ExitCode::done;
}

}  // namespace

void add_trace(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<TraceFlags>();
  CLI::App* app = add_command(root, "trace", "Show a saga as a tree: steps, times, nodes, retries, errors, events",
                              operations_group);
  add_text(*app, "id", flags->id, "ID",
           "Saga id, order id, correlation id or idempotency key, or the first digits of an id")
      .required();
  add_switch(*app, "--follow", flags->follow, "Print events as they happen until the saga has ended");
  commands.add(app, [flags](Invocation& invocation) { return run_trace(invocation, *flags); });
}

}  // namespace sagactl
