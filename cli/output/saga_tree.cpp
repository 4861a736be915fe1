#include "cli/output/saga_tree.hpp"

#include <fmt/format.h>

#include "cli/client/json_answer.hpp"
#include "cli/client/saga_wait.hpp"
#include "cli/output/saga_calls.hpp"
#include "cli/output/table.hpp"
#include "cli/output/tree.hpp"

namespace sagactl {
namespace {

std::string mark(const std::string& status, const Paint& paint) {
  if (status == "succeeded") return paint.good("✓");
  if (status == "failed") return paint.bad("✗");
  if (status == "compensated") return paint.warning("↺");
  if (status == "compensating") return paint.warning("…");
  return status == "running" ? "…" : paint.faint("·");
}

std::string retries_text(const Json& step) {
  std::string text;
  if (integer_member(step, "attempt") > 1) text += ", execution " + text_member(step, "attempt");
  if (integer_member(step, "tries") > 1) text += ", " + text_member(step, "tries") + " tries";
  if (bool_member(step, "inDoubt")) text += ", outcome unknown";
  return text;
}

Branch step_branch(const Json& step, const Paint& paint, const Json& trace = {}) {
  const std::string status = text_member(step, "status");
  std::string text =
      mark(status, paint) + " " + padded(text_member(step, "name"), 20) + " " + padded(paint.status(status), 12);
  const std::string took = time_between(json_member(step, "startedAt"), json_member(step, "endedAt"));
  const std::string node = text_member(step, "nodeId");
  if (!took.empty()) text += " " + took;
  if (!node.empty()) text += " on " + node;
  text += retries_text(step);
  Branch branch{text};
  if (const std::string error = text_member(step, "error"); !error.empty())
    branch.branches.push_back({paint.bad(error)});
  if (const std::string until = text_member(step, "waitsUntil"); !until.empty())
    branch.branches.push_back({"waits until " + until});
  add_calls(trace, text_member(step, "name"), paint, branch);
  return branch;
}

void add_steps(const Json& trace, const Json& saga, const Paint& paint, Branch& root) {
  const Json& steps = json_member(saga, "steps");
  if (!steps.empty()) {
    for (const Json& step : steps) root.branches.push_back(step_branch(step, paint, trace));
    return;
  }
  for (const Json& name : json_member(saga, "completedSteps"))
    root.branches.push_back(step_branch({{"name", name}, {"status", "succeeded"}}, paint));
  for (const Json& name : json_member(saga, "compensationSteps"))
    root.branches.push_back(step_branch({{"name", name}, {"status", "compensated"}}, paint));
}

std::string order_text(const Json& order, const Paint& paint) {
  std::string text = "order " + text_member(order, "id") + "  " + paint.status(text_member(order, "status")) + "  " +
                     money_member(order, "totalAmount");
  if (const std::string items = items_text(order, "productId"); !items.empty()) text += "  " + items;
  if (const std::string reason = text_member(order, "cancelReason"); !reason.empty()) text += "  (" + reason + ")";
  return text;
}

std::string payment_text(const Json& payment, const Paint& paint) {
  std::string text = "payment " + text_member(payment, "id") + "  " + paint.status(text_member(payment, "status")) +
                     "  " + money_member(payment, "amount");
  if (integer_member(payment, "attempt") > 1) text += "  execution " + text_member(payment, "attempt");
  if (const std::string at = text_member(payment, "externalTransactionId"); !at.empty()) text += "  " + at;
  if (const std::string why = text_member(payment, "failureReason"); !why.empty()) text += "  " + paint.bad(why);
  return text;
}

void add_payments(const Json& trace, const Paint& paint, Branch& root) {
  const Json& all = json_member(trace, "payments");
  if (!all.empty()) {
    for (const Json& payment : all) root.branches.push_back({payment_text(payment, paint)});
  } else if (json_member(trace, "payment").is_object()) {
    root.branches.push_back({payment_text(json_member(trace, "payment"), paint)});
  }
}

std::string reservation_text(const Json& reservation, const Paint& paint) {
  std::string text = "reservation " + text_member(reservation, "id") + "  " +
                     paint.status(text_member(reservation, "status")) + "  " + text_member(reservation, "kind");
  if (const std::string items = items_text(reservation, "id"); !items.empty()) text += "  " + items;
  if (integer_member(reservation, "attempt") > 1) text += "  execution " + text_member(reservation, "attempt");
  if (const std::string why = text_member(reservation, "reason"); !why.empty()) text += "  " + paint.bad(why);
  return text;
}

std::string saga_text(const Json& saga, const Paint& paint) {
  const std::string status = text_member(saga, "status");
  const std::string type = or_default(text_member(saga, "type"), text_member(saga, "sagaType"));
  std::string text = paint.strong(type) + " " + text_member(saga, "id") + "  " + paint.status(status);
  const std::string took = time_between(json_member(saga, "createdAt"), json_member(saga, "updatedAt"));
  text += is_final_status(status) ? " after " + took : ", at " + text_member(saga, "currentStep");
  if (const std::string node = text_member(saga, "nodeId"); !node.empty()) text += " on " + node;
  return text;
}

// The input of a user's saga, and its result.
void add_own_values(const Json& saga, const Paint& paint, Branch& root) {
  if (const std::string key = text_member(saga, "key"); !key.empty()) root.branches.push_back({"key " + key});
  for (const char* name : {"input", "result"}) {
    const Json& value = json_member(saga, name);
    if (!value.is_null()) root.branches.push_back({std::string(name) + " " + paint.faint(shown_json(value))});
  }
}

Branch trace_branch(const Json& trace, const Paint& paint);

std::string lra_participant_text(const Json& participant) {
  const std::string nested = text_member(participant, "nested");
  const std::string url = or_default(text_member(participant, "compensate"), text_member(participant, "after"));
  std::string text =
      fmt::format("{}  {}  {}  joined at {}", text_member(participant, "name"), text_member(participant, "status"),
                  nested.empty() ? url : "nested LRA " + nested, text_member(participant, "joinedAt"));
  if (const std::string left = text_member(participant, "leftAt"); !left.empty()) text += ", left at " + left;
  return text;
}

// The participants that joined an LRA, with their status; for nested LRAs their traces, where they were read.
void add_lra(const Json& trace, const Json& saga, const Paint& paint, Branch& root) {
  const Json& lra = json_member(saga, "lra");
  if (!lra.is_object()) return;
  Branch made{fmt::format("LRA {}  {}", text_member(lra, "id"), text_member(lra, "status"))};
  if (const std::string parent = text_member(lra, "parent"); !parent.empty())
    made.branches.push_back({"nested in " + parent});
  for (const Json& participant : json_member(lra, "participants")) {
    Branch& branch = made.branches.emplace_back(Branch{lra_participant_text(participant)});
    const Json& nested = json_member(json_member(trace, "nested"), text_member(participant, "nested"));
    if (nested.is_object()) branch.branches.push_back(trace_branch(nested, paint));
  }
  root.branches.push_back(std::move(made));
}

void add_problems(const Json& saga, const Paint& paint, Branch& root) {
  if (const std::string error = text_member(saga, "errorMessage"); !error.empty())
    root.branches.push_back({"error: " + paint.bad(error)});
  if (bool_member(saga, "requiresManualIntervention"))
    root.branches.push_back({paint.bad("needs an operator: see `sagactl retry` and `sagactl compensate`")});
  if (const std::string next = text_member(saga, "nextTryAt");
      !next.empty() && !is_final_status(text_member(saga, "status")))
    root.branches.push_back({"next check at " + next});
  for (const Json& retry : json_member(saga, "retryHistory"))
    root.branches.push_back(
        {"retried at " + text_member(retry, "retryAt") + " from " + text_member(retry, "fromStep")});
}

}  // namespace

std::string event_line(const Json& event, const Json& began, const Paint& paint) {
  const std::string at = or_default(text_member(event, "occurredAt"), text_member(event, "timestamp"));
  std::string elapsed;
  if (began.is_string()) {
    const auto begin = parse_iso8601(began.get<std::string>());
    const auto time = parse_iso8601(at);
    if (begin && time) elapsed = fmt::format("{:+.1f} ms", static_cast<double>((*time - *begin).count()) / 1000);
  }
  std::string text = at + "  " + fmt::format("{:>12}", elapsed) + "  " + padded(text_member(event, "eventType"), 22);
  if (const std::string node = text_member(event, "nodeId"); !node.empty()) text += " " + node;
  const Json& data = json_member(event, "data");
  if (const std::string step = text_member(data, "step"); !step.empty()) text += "  " + step;
  if (const std::string kind = text_member(data, "kind"); !kind.empty()) text += "  " + kind;
  // The event is that of a retry, also where a person answered for the step.
  if (const std::string answer = text_member(data, "answer"); !answer.empty()) text += "  answered " + answer;
  const std::string why = or_default(text_member(data, "failureReason"), text_member(data, "reason"));
  if (!why.empty()) text += "  " + paint.faint(why);
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

namespace {

Branch trace_branch(const Json& trace, const Paint& paint) {
  const Json& saga = json_member(trace, "saga");
  Branch root{saga.is_object() ? saga_text(saga, paint) : paint.bad("no saga for this order")};
  if (json_member(trace, "order").is_object())
    root.branches.push_back({order_text(json_member(trace, "order"), paint)});
  if (saga.is_object()) {
    add_own_values(saga, paint, root);
    add_lra(trace, saga, paint, root);
    add_steps(trace, saga, paint, root);
  }
  add_payments(trace, paint, root);
  for (const Json& reservation : json_member(trace, "reservations"))
    root.branches.push_back({reservation_text(reservation, paint)});
  if (saga.is_object()) add_problems(saga, paint, root);
  const Json& timeline = json_member(trace, "timeline");
  if (json_member(trace, "calls").is_array()) add_time_line(saga, paint, root);
  if (!timeline.empty()) {
    const Json& first = timeline.front();
    const Json began = or_default(text_member(first, "occurredAt"), text_member(first, "timestamp"));
    Branch events{"events"};
    for (const Json& event : timeline) events.branches.push_back({event_line(event, began, paint)});
    root.branches.push_back(std::move(events));
  }
  return root;
}

}  // namespace

std::string saga_tree(const Json& trace, const Paint& paint, int width) {
  return drawn(trace_branch(trace, paint), width);
}

}  // namespace sagactl
