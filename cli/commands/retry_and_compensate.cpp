// `sagactl retry` and `sagactl compensate`: one saga, several, or all that match a filter. Those that match are a job
// of the node's, which goes on when this program or the node dies.
#include <algorithm>
#include <memory>
#include <ostream>

#include "analysis/readable.hpp"
#include "cli/client/find_saga.hpp"
#include "cli/client/id_prefix.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/commands.hpp"
#include "cli/commands/confirm.hpp"
#include "cli/commands/saga_filter.hpp"
#include "cli/flag.hpp"
#include "cli/output/saga_table.hpp"
#include "common/id.hpp"

namespace sagactl {
namespace {

constexpr std::size_t bulk_max = 10'000;   // sagas of a server without jobs
constexpr std::int64_t job_max = 100'000;  // sagas of a job
constexpr std::int64_t results_at_once = 1'000;
constexpr Duration job_poll = 200ms;
constexpr std::size_t saga_sample_size = 5;

// What is done to sagas: its name and its route.
struct Operation {
  std::string verb;  // "retry"
  std::string path;  // "/saga/retry/"
};

struct OperationFlags {
  std::vector<std::string> ids;
  bool all = false;
  SagaFilterFlags filter;
  ConfirmFlags confirm;
  bool recharge = false;
  std::string reason;

  Json body() const {
    Json json = Json::object();
    if (recharge) json["recharge"] = true;
    if (!reason.empty()) json["reason"] = reason;
    return json;
  }
};

Json operate(NodeClient& client, const Operation& operation, const OperationFlags& flags, const std::string& id,
             ExitCode& worst) {
  const auto saga = find_saga_id(client, id);
  const auto answer =
      saga ? client.post(operation.path + percent_encode(*saga), flags.body()) : Result<Json>(saga.error());
  if (answer)
    return Json{{"sagaId", *saga},
                {"ok", true},
                {"status", text_member(*answer, "status")},
                {"currentStep", text_member(*answer, "currentStep")},
                {"error", nullptr}};
  const Error error = no_such_saga(answer.error(), id);
  const ExitCode code = exit_code_of(error.code);
  if (worst == ExitCode::done || code == ExitCode::unreachable) worst = code;
  return Json{{"sagaId", saga ? *saga : id},
              {"ok", false},
              {"status", nullptr},
              {"currentStep", nullptr},
              {"error", error_json(error)["error"]}};
}

Table result_table(const std::vector<Json>& results, const Paint& paint) {
  Table table({{"SAGA", Fit::id, needed}, {"RESULT", Fit::whole, needed}, {"NOW", Fit::whole}, {"", Fit::folded}});
  for (const Json& result : results) {
    const bool ok = bool_member(result, "ok");
    table.row({text_member(result, "sagaId"), ok ? paint.good("accepted") : paint.bad("refused"),
               or_default(text_member(result, "status")),
               ok ? text_member(result, "currentStep") : text_member(json_member(result, "error"), "message")});
  }
  return table;
}

// Prints the results; `all` is how many sagas there were to be.
void print_results(const Invocation& invocation, const std::vector<Json>& results, std::size_t all,
                   const char* why_fewer) {
  std::size_t accepted = 0;
  for (const Json& result : results) accepted += bool_member(result, "ok");
  const std::size_t refused = results.size() - accepted;
  if (invocation.settings.format == OutputFormat::json)
    invocation.print(
        Json{{"results", results}, {"accepted", accepted}, {"refused", refused}, {"notTried", all - results.size()}});
  if (invocation.settings.format == OutputFormat::table && !results.empty()) {
    result_table(results, invocation.paint).print(invocation.terminal.out, invocation.terminal.table_width());
    if (results.size() > 1) invocation.info(fmt::format("{} accepted, {} refused", accepted, refused));
    if (results.size() < all) invocation.info(std::to_string(all - results.size()) + " not tried: " + why_fewer);
  }
}

Result<ExitCode> operate_on(Invocation& invocation, NodeClient& client, const Operation& operation,
                            const OperationFlags& flags, const std::vector<std::string>& ids) {
  std::vector<Json> results;
  ExitCode worst = ExitCode::done;
  for (const std::string& id : ids) {
    results.push_back(operate(client, operation, flags, id, worst));
    if (invocation.settings.format == OutputFormat::ndjson)
      invocation.terminal.out << json_text(results.back()) << '\n' << std::flush;
    // No node answers: the other sagas would fail in the same way.
    if (worst == ExitCode::unreachable) break;
  }
  print_results(invocation, results, ids.size(), "no node answers any more");
  return worst;
}

// The job for all sagas of the filter; nothing when the server has no jobs.
Result<std::optional<std::string>> begin_job(NodeClient& client, const Operation& operation,
                                             const OperationFlags& flags, std::int64_t count) {
  Json body = flags.body();
  body["action"] = operation.verb;
  body["filter"] = flags.filter.query();
  body["atMost"] = std::min(count, job_max);
  const auto job = client.post("/bulk", body);
  if (!job && job.error().code == ErrorCode::not_found) return std::optional<std::string>();
  if (!job) return job.error();
  return std::optional(text_member(*job, "id"));
}

// Waits for its end. Ctrl-C stops it.
Result<Json> follow_job(Invocation& invocation, NodeClient& client, const std::string& id) {
  const std::stop_token stop = invocation.interrupt.take_over();
  bool asked_to_stop = false;
  for (;;) {
    auto job = client.get("/bulk/" + id);
    if (!job || text_member(*job, "state") != "running") return job;
    if (!pause(asked_to_stop ? std::stop_token() : stop, job_poll)) {
      asked_to_stop = true;
      invocation.info("stopping");
      if (const auto stopped = client.post("/bulk/" + id + "/stop", Json::object()); !stopped) return stopped.error();
    }
  }
}

Json result_of_job(const Json& result) {
  const std::string error = text_member(result, "error");
  const Json refused = error_json(Error{ErrorCode::conflict, error})["error"];
  return Json{{"sagaId", text_member(result, "sagaId")},
              {"ok", bool_member(result, "ok")},
              {"status", json_member(result, "status")},
              {"currentStep", nullptr},
              {"error", error.empty() ? Json(nullptr) : refused}};
}

Result<std::vector<Json>> results_of_job(NodeClient& client, const std::string& id) {
  std::vector<Json> results;
  for (std::string cursor;;) {
    auto page = client.get("/bulk/" + id + "/results?limit=" + std::to_string(results_at_once) +
                           (cursor.empty() ? "" : "&cursor=" + cursor));
    if (!page) return page.error();
    for (const Json& result : json_member(*page, "results")) results.push_back(result_of_job(result));
    cursor = text_member(*page, "nextCursor");
    if (cursor.empty()) return results;
  }
}

Result<ExitCode> run_job(Invocation& invocation, NodeClient& client, const std::string& id, std::size_t count) {
  invocation.verbose("bulk job " + id);
  const auto job = follow_job(invocation, client, id);
  if (!job) return job.error();
  const auto results = results_of_job(client, id);
  if (!results) return results.error();
  if (invocation.settings.format == OutputFormat::ndjson)
    for (const Json& result : *results) invocation.terminal.out << json_text(result) << '\n';
  print_results(invocation, *results, std::max(count, results->size()),
                "they did not match any more, or the job was stopped");
  if (text_member(*job, "state") == "failed") return Error{ErrorCode::conflict, text_member(*job, "error")};
  if (invocation.interrupt.requested()) return ExitCode::interrupted;
  return integer_member(*job, "refused") > 0 ? exit_code_of(ErrorCode::conflict) : ExitCode::done;
}

Result<ExitCode> run_in_bulk(Invocation& invocation, NodeClient& client, const Operation& operation,
                             const OperationFlags& flags) {
  if (flags.filter.empty())
    return Error{ErrorCode::invalid,
                 "--all needs a filter, such as --status failed, --stuck, --older-than 5m or --error TEXT"};
  const auto found = find_sagas(client, flags.filter, bulk_max);
  if (!found) return found.error();
  if (found->total > static_cast<std::int64_t>(found->sagas.size()))
    invocation.info("only the newest " + std::to_string(found->sagas.size()) + " of " + std::to_string(found->total) +
                    " sagas");
  if (flags.confirm.dry_run) {
    if (invocation.wants_json())
      invocation.print(Json{{"dryRun", true}, {"count", found->sagas.size()}, {"sagas", found->sagas}}, "sagas");
    else
      saga_table(found->sagas, invocation.paint).print(invocation.terminal.out, invocation.terminal.table_width());
    invocation.info("dry run: would " + operation.verb + " " + count_of(found->sagas.size(), "saga"));
    return ExitCode::done;
  }
  std::vector<std::string> ids;
  for (const Json& saga : found->sagas) ids.push_back(text_member(saga, "id"));
  if (ids.empty()) {
    invocation.info("no sagas match: " + flags.filter.text());
    return operate_on(invocation, client, operation, flags, ids);
  }
  const std::string action = operation.verb + " " + count_of(found->sagas.size(), "saga");
  const auto show_sample = [&] {
    const std::size_t size = std::min(saga_sample_size, found->sagas.size());
    const std::vector<Json> sample(found->sagas.begin(), found->sagas.begin() + static_cast<std::ptrdiff_t>(size));
    invocation.terminal.err << action << " with " << flags.filter.text() << ", among them:\n";
    saga_table(sample, invocation.paint).print(invocation.terminal.err, invocation.terminal.text_width());
  };
  const auto confirmed = confirm(invocation, action, flags.filter.text(), flags.confirm.yes, show_sample);
  if (!confirmed) return confirmed.error();
  if (!*confirmed) return Error{ErrorCode::conflict, "cancelled: nothing was done"};
  const auto job = begin_job(client, operation, flags, static_cast<std::int64_t>(ids.size()));
  if (!job) return job.error();
  if (*job) return run_job(invocation, client, **job, ids.size());
  return operate_on(invocation, client, operation, flags, ids);
}

Result<ExitCode> run_operation(Invocation& invocation, const Operation& operation, const OperationFlags& flags) {
  if (flags.all && !flags.ids.empty())
    return Error{ErrorCode::invalid, "pass either saga ids or --all with a filter, not both"};
  if (!flags.all && flags.ids.empty())
    return Error{ErrorCode::invalid,
                 operation.verb + " needs saga ids, or --all with a filter such as --status failed"};
  if (!flags.all && !flags.filter.empty())
    return Error{ErrorCode::invalid,
                 "filters (" + flags.filter.text() + ") need --all and cannot be combined with saga ids"};
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  if (flags.all) return run_in_bulk(invocation, *client, operation, flags);
  if (flags.confirm.dry_run) {
    invocation.info("dry run: would " + operation.verb + " " + join(flags.ids, ", "));
    if (invocation.wants_json())
      invocation.print(Json{{"dryRun", true}, {"count", flags.ids.size()}, {"sagas", flags.ids}});
    return ExitCode::done;
  }
  return operate_on(invocation, *client, operation, flags, flags.ids);
}

std::shared_ptr<OperationFlags> add_operation(CLI::App& app, Commands& commands, Operation operation) {
  const auto flags = std::make_shared<OperationFlags>();
  add_text(app, "sagas", flags->ids, "SAGA-ID",
           "Saga id, order id, correlation id or idempotency key, or the first digits of an id");
  add_switch(app, "--all", flags->all, "All sagas that match the filters");
  add_saga_filter_flags(app, flags->filter);
  add_confirm_flags(app, flags->confirm);
  commands.add(&app, [flags, operation = std::move(operation)](Invocation& invocation) {
    return run_operation(invocation, operation, *flags);
  });
  return flags;
}

}  // namespace

void add_retry_and_compensate(CLI::App& root, Commands& commands) {
  CLI::App* retry = add_command(root, "retry", "Retry failed or compensated sagas", operations_group);
  const auto retry_flags = add_operation(*retry, commands, {"retry", "/saga/retry/"});
  add_switch(*retry, "--recharge", retry_flags->recharge, "Charge refunded payments again");
  add_text(*retry, "--reason", retry_flags->reason, "TEXT", "Reason to record");
  set_examples(*retry, {"sagactl retry --all --status failed --dry-run"});

  CLI::App* compensate = add_command(root, "compensate", "Undo the completed steps of sagas", operations_group);
  const auto compensate_flags = add_operation(*compensate, commands, {"compensate", "/saga/compensate/"});
  add_text(*compensate, "--reason", compensate_flags->reason, "TEXT", "Reason to record");
  set_examples(*compensate,
               {"sagactl compensate --all --stuck --older-than 10m --reason \"gateway outage\" --dry-run"});
}

}  // namespace sagactl
