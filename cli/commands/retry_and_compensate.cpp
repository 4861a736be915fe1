// `sagactl retry` and `sagactl compensate`: one saga, several, or all that are alike.
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/commands/confirm.hpp"
#include "cli/flag.hpp"
#include "cli/client/id_prefix.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/commands/saga_filter.hpp"
#include "cli/output/saga_table.hpp"
#include "common/id.hpp"

namespace sagactl {
namespace {

constexpr std::size_t bulk_max = 10'000;
constexpr std::size_t sample_size = 5;

// What is done to sagas: the words for it, and its request.
struct Operation {
  std::string verb;  // "retry"
  std::string path;  // "/saga/retry/"
};

struct OperationFlags {
  std::vector<std::string> ids;
  bool all = false;
  SagaFlags which;
  bool yes = false;
  bool dry_run = false;
  bool recharge = false;
  std::string reason;

  Json body() const {
    Json json = Json::object();
    if (recharge) json["recharge"] = true;
    if (!reason.empty()) json["reason"] = reason;
    return json;
  }
};

// The operation's routes take saga ids; a correlation id or an idempotency key is looked up.
Result<std::string> saga_id_of(NodeClient& client, const std::string& id) {
  if (Uuid::parse(id)) return id;
  const auto saga = client.get("/sagas/correlation/" + percent_encode(id));
  if (saga) return text_member(*saga, "id");
  if (saga.error().code == ErrorCode::not_found && is_id_prefix(id)) return resolve_id_prefix(client, id);
  return saga.error();
}

Json operate(NodeClient& client, const Operation& operation, const OperationFlags& flags,
             const std::string& id, ExitCode& worst) {
  const auto saga = saga_id_of(client, id);
  const auto answer =
      saga ? client.post(operation.path + percent_encode(*saga), flags.body()) : Result<Json>(saga.error());
  if (answer)
    return Json{{"sagaId", *saga},
                {"ok", true},
                {"status", text_member(*answer, "status")},
                {"currentStep", text_member(*answer, "currentStep")},
                {"error", nullptr}};
  const ExitCode code = exit_code_of(answer.error().code);
  if (worst == ExitCode::done || code == ExitCode::unreachable) worst = code;
  return Json{{"sagaId", saga ? *saga : id},
              {"ok", false},
              {"status", nullptr},
              {"currentStep", nullptr},
              {"error", error_json(answer.error())["error"]}};
}

Table result_table(const std::vector<Json>& results, const Paint& paint) {
  Table table({{"SAGA"}, {"RESULT"}, {"NOW"}, {""}});
  for (const Json& result : results) {
    const bool ok = bool_member(result, "ok");
    table.row({text_member(result, "sagaId"), ok ? paint.good("accepted") : paint.bad("refused"),
               or_default(text_member(result, "status")),
               ok ? text_member(result, "currentStep") : text_member(json_member(result, "error"), "message")});
  }
  return table;
}

Result<ExitCode> operate_on(Invocation& invocation, NodeClient& client, const Operation& operation,
                            const OperationFlags& flags, const std::vector<std::string>& ids) {
  std::vector<Json> results;
  ExitCode worst = ExitCode::done;
  for (const std::string& id : ids) {
    results.push_back(operate(client, operation, flags, id, worst));
    if (invocation.settings.format == OutputFormat::ndjson)
      invocation.terminal.out << json_text(results.back()) << '\n' << std::flush;
    // Where nothing answers, nothing will for the rest.
    if (worst == ExitCode::unreachable) break;
  }
  std::size_t accepted = 0;
  for (const Json& result : results) accepted += bool_member(result, "ok");
  const std::size_t refused = results.size() - accepted;
  if (invocation.settings.format == OutputFormat::json)
    invocation.print(Json{{"results", results},
                          {"accepted", accepted},
                          {"refused", refused},
                          {"notTried", ids.size() - results.size()}});
  if (invocation.settings.format == OutputFormat::table) {
    result_table(results, invocation.paint)
        .print(invocation.terminal.out, invocation.terminal.table_width());
    if (results.size() < ids.size())
      invocation.info(std::to_string(ids.size() - results.size()) +
                     " were not tried: nothing answers any more");
  }
  return worst;
}

// Shows what a bulk operation would touch, and asks. Is it to be done?
Result<bool> agreed(Invocation& invocation, const Operation& operation, const OperationFlags& flags,
                    const FoundSagas& found) {
  const std::string count = std::to_string(found.sagas.size());
  const std::string what = operation.verb + " " + count + (found.sagas.size() == 1 ? " saga" : " sagas");
  if (!flags.yes && !can_ask(invocation.terminal))
    return Error{ErrorCode::invalid, "to " + what + " (" + flags.which.text() +
                                         ") without a terminal to ask needs --yes; --dry-run shows them"};
  if (!invocation.settings.quiet || !flags.yes) {
    const auto end =
        found.sagas.begin() + static_cast<std::ptrdiff_t>(std::min(sample_size, found.sagas.size()));
    invocation.terminal.err << what << " with " << flags.which.text() << ", among them:\n";
    saga_table({found.sagas.begin(), end}, invocation.paint)
        .print(invocation.terminal.err, invocation.terminal.err_width());
  }
  return flags.yes || ask_yes_or_no(invocation.terminal, what + "?");
}

Result<ExitCode> run_in_bulk(Invocation& invocation, NodeClient& client, const Operation& operation,
                             const OperationFlags& flags) {
  if (flags.which.empty())
    return Error{ErrorCode::invalid,
                 "--all needs something to choose by, such as --status failed, --stuck, --older-than 5m or "
                 "--error TEXT"};
  const auto found = find_sagas(client, flags.which, bulk_max);
  if (!found) return found.error();
  if (found->total > static_cast<std::int64_t>(found->sagas.size()))
    invocation.info("taking the newest " + std::to_string(found->sagas.size()) + " of " +
                   std::to_string(found->total));
  if (flags.dry_run) {
    if (invocation.wants_json())
      invocation.print(Json{{"dryRun", true}, {"count", found->sagas.size()}, {"sagas", found->sagas}},
                       "sagas");
    else
      saga_table(found->sagas, invocation.paint).print(invocation.terminal.out);
    invocation.info("would " + operation.verb + " " + std::to_string(found->sagas.size()) +
                   " sagas; nothing was done");
    return ExitCode::done;
  }
  std::vector<std::string> ids;
  for (const Json& saga : found->sagas) ids.push_back(text_member(saga, "id"));
  if (ids.empty()) {
    invocation.info("no saga matches: " + flags.which.text() + "; nothing to do");
    return operate_on(invocation, client, operation, flags, ids);
  }
  const auto go = agreed(invocation, operation, flags, *found);
  if (!go) return go.error();
  if (!*go) return Error{ErrorCode::conflict, "nothing was done"};
  return operate_on(invocation, client, operation, flags, ids);
}

Result<ExitCode> run_operation(Invocation& invocation, const Operation& operation,
                               const OperationFlags& flags) {
  if (flags.all && !flags.ids.empty())
    return Error{ErrorCode::invalid, "either saga ids or --all with a filter, not both"};
  if (!flags.all && flags.ids.empty())
    return Error{ErrorCode::invalid,
                 operation.verb + " needs saga ids, or --all with a filter such as --status failed"};
  if (!flags.all && !flags.which.empty())
    return Error{ErrorCode::invalid, "filters (" + flags.which.text() + ") go with --all, not with saga ids"};
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  if (flags.all) return run_in_bulk(invocation, *client, operation, flags);
  if (flags.dry_run) {
    invocation.info("would " + operation.verb + " " + join(flags.ids, ", ") + "; nothing was done");
    if (invocation.wants_json())
      invocation.print(Json{{"dryRun", true}, {"count", flags.ids.size()}, {"sagas", flags.ids}});
    return ExitCode::done;
  }
  return operate_on(invocation, *client, operation, flags, flags.ids);
}

std::shared_ptr<OperationFlags> add_operation(CLI::App& app, Commands& commands, Operation operation) {
  const auto flags = std::make_shared<OperationFlags>();
  add_text(app, "sagas", flags->ids, "SAGA-ID", "Saga ids, order ids, their beginnings, correlation ids or idempotency keys");
  add_switch(app, "--all", flags->all, "All that the filters choose");
  add_saga_flags(app, flags->which);
  add_switch(app, "-y,--yes", flags->yes, "Do not ask");
  add_switch(app, "--dry-run", flags->dry_run, "Show what would be done, and do nothing");
  commands.add(&app, [flags, operation = std::move(operation)](Invocation& invocation) {
    return run_operation(invocation, operation, *flags);
  });
  return flags;
}

}  // namespace

void add_retry(CLI::App& root, Commands& commands) {
  CLI::App* retry = add_command(root, "retry", "Try failed or compensated sagas again", "Using the nodes");
  const auto retry_flags = add_operation(*retry, commands, {"retry", "/saga/retry/"});
  add_switch(*retry, "--recharge", retry_flags->recharge, "Charge again what was refunded");

  CLI::App* compensate =
      add_command(root, "compensate", "Undo the steps of sagas that are in effect", "Using the nodes");
  const auto compensate_flags = add_operation(*compensate, commands, {"compensate", "/saga/compensate/"});
  add_text(*compensate, "--reason", compensate_flags->reason, "TEXT", "Why, for the record");
}

}  // namespace sagactl
