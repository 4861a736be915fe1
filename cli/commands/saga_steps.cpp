// `sagactl saga answer`, `skip` and `cancel`: what an operator decides about a saga.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "cli/client/find_saga.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/commands/saga_commands.hpp"
#include "cli/flag.hpp"
#include "common/text/percent.hpp"

namespace sagactl {
namespace {

const std::vector<std::string> outcomes = {"done", "refused", "again"}, directions = {"do", "undo"};

struct StepFlags {
  std::string saga, step, outcome = "done", body, reason;
  std::string direction;  // empty: whichever is in progress
};

void add_direction(Json& body, const StepFlags& flags) {
  if (!flags.direction.empty()) body["direction"] = flags.direction;
}

// A step that keeps values of the answer, or of whose answer other steps name some, is done by one that has them.
Error refused_answer(Error error, const std::string& what, const Json& body) {
  const bool lacks_body = what == "answer" && text_member(body, "outcome") == "done" && !body.contains("body");
  if (!lacks_body || error.code != ErrorCode::invalid) return error;
  return with_hint(std::move(error),
                   "give the answer, from which the step keeps its values or other steps take them, with --body");
}

Result<ExitCode> send(Invocation& invocation, const StepFlags& flags, const std::string& what, const Json& body) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto id = find_saga_id(*client, flags.saga);
  if (!id) return id.error();
  std::string path = "/sagas/" + percent_encode(*id);
  if (!flags.step.empty()) path += "/steps/" + percent_encode(flags.step);
  const auto answer = client->post(path + "/" + what, body);
  if (!answer) return refused_answer(answer.error(), what, body);
  if (invocation.wants_json()) {
    invocation.print(*answer);
    return ExitCode::done;
  }
  const std::string step_status = text_member(*answer, "stepStatus");
  if (!flags.step.empty() && !step_status.empty())
    invocation.terminal.out << fmt::format("step {} is {}; ", flags.step, step_status);
  invocation.terminal.out << fmt::format("saga {} is {}\n", *id, text_member(*answer, "status")) << std::flush;
  return ExitCode::done;
}

Result<ExitCode> answer(Invocation& invocation, const StepFlags& flags) {
  Json body{{"outcome", flags.outcome}};
  if (!flags.reason.empty()) body["reason"] = flags.reason;
  add_direction(body, flags);
  if (!flags.body.empty()) {
    auto json = read_saga_input(invocation, "--body", flags.body);
    if (!json) return json.error();
    body["body"] = std::move(*json);
  }
  return send(invocation, flags, "answer", body);
}

void add_saga_id(CLI::App& app, StepFlags& flags) {
  add_text(app, "saga", flags.saga, "SAGA-ID", "Saga id, or its first digits; correlation id or idempotency key")
      .required();
}
void add_step(CLI::App& app, StepFlags& flags) {
  add_text(app, "step", flags.step, "STEP", "Name of the step").required();
}
void add_direction_flag(CLI::App& app, StepFlags& flags) {
  const auto take = [&flags](const std::string& text) -> Result<void> {
    if (std::find(directions.begin(), directions.end(), text) == directions.end()) return not_one_of(text, directions);
    flags.direction = text;
    return {};
  };
  add_flag_with(app, "--direction", take, join(directions, "|"),
                "Whether its call or its undo is meant; refused when the saga has turned back since");
}

}  // namespace

void add_saga_steps(CLI::App& group, Commands& commands) {
  const auto answered = std::make_shared<StepFlags>();
  CLI::App* app = add_command(group, "answer", "Answer for a participant, or for the person that a step waits for");
  add_saga_id(*app, *answered);
  add_step(*app, *answered);
  const auto take_outcome = [answered](const std::string& text) -> Result<void> {
    if (std::find(outcomes.begin(), outcomes.end(), text) == outcomes.end()) return not_one_of(text, outcomes);
    answered->outcome = text;
    return {};
  };
  add_flag_with(*app, "outcome", take_outcome, join(outcomes, "|"), "What the answer is [done]");
  add_direction_flag(*app, *answered);
  add_text(*app, "--body", answered->body, "JSON|@FILE|-", "Body of the answer, from which the step keeps its values");
  add_text(*app, "--reason", answered->reason, "TEXT", "Reason, for the audit");
  set_examples(*app, {"sagactl saga answer 01a2241b approval done --reason 'called the customer'"});
  commands.add(app, [answered](Invocation& invocation) { return answer(invocation, *answered); });

  const auto skipped = std::make_shared<StepFlags>();
  app = add_command(group, "skip", "Go on as if a step had been done (or undone, if the saga is compensating)");
  add_saga_id(*app, *skipped);
  add_step(*app, *skipped);
  add_direction_flag(*app, *skipped);
  add_text(*app, "--reason", skipped->reason, "TEXT", "Reason, for the audit").required();
  set_examples(*app, {"sagactl saga skip 01a2241b mail --reason 'sent by hand'"});
  commands.add(app, [skipped](Invocation& invocation) {
    Json body{{"reason", skipped->reason}};
    add_direction(body, *skipped);
    return send(invocation, *skipped, "skip", body);
  });

  const auto cancelled = std::make_shared<StepFlags>();
  app = add_command(group, "cancel", "Undo what a saga that has not ended has done");
  add_saga_id(*app, *cancelled);
  add_text(*app, "--reason", cancelled->reason, "TEXT", "Reason, for the audit").required();
  set_examples(*app, {"sagactl saga cancel 01a2241b --reason 'the customer changed their mind'"});
  commands.add(app, [cancelled](Invocation& invocation) {
    return send(invocation, *cancelled, "cancel", Json{{"reason", cancelled->reason}});
  });
}

}  // namespace sagactl
