// The invariants of every state that a user's saga can reach, by every command and every answer in every order, also
// answers that come late and twice, to a bounded depth.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

#include "server/participants/calls/participant_request.hpp"
#include "tests/saga/own_play.hpp"

namespace sagactl {
namespace {

struct OwnCase {
  const char* name;
  const char* steps;
  const char* members;
  int depth;
};

// What has been called so far, which the saga does not hold.
struct Called {
  std::set<std::pair<std::size_t, int>> done, undone;  // step and execution
  std::map<std::tuple<std::size_t, Direction, int, int>, std::string> keys;
};

struct OwnNode {
  Saga saga;
  Timestamp now;
  int depth = 0;
  Called called;
};

std::string signature(const OwnNode& node) {
  std::string out(to_string(node.saga.status));
  for (std::size_t i = 0; i < node.saga.steps.size(); ++i) {
    const StepState& step = node.saga.steps[i];
    out += fmt::format("|{}{}{}{}{}{}{}{}", static_cast<int>(step.status), step.execution, step.in_doubt ? "?" : "",
                       step.calling ? "c" : "", step.wake_at ? "w" : "", step.location.empty() ? "" : "@",
                       step.kept.empty() ? "" : "k", std::min(step.undo_round, 2));
    out += is_in_progress(step) ? std::to_string(std::min(step.tries, 2)) : "";
    out += node.called.undone.count({i, step.execution}) > 0 ? "u" : "";
  }
  return out + (node.saga.wake_at ? "W" : "") + (node.saga.requires_manual_intervention ? "m" : "");
}

bool may_be_in_effect(const SagaDefinition& definition, const Saga& saga, std::size_t i) {
  const StepState& step = saga.steps[i];
  const bool is_call = definition.steps[i].kind == StepKind::call;
  return step.status == StepStatus::succeeded || step.status == StepStatus::compensating ||
         (step.status == StepStatus::running && is_call && (step.in_doubt || step.calling));
}

void check_state(const SagaDefinition& definition, const Saga& saga) {
  std::optional<Timestamp> earliest;
  bool waits_without_limit = false;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const StepState& step = saga.steps[i];
    if (!is_in_progress(step) || is_terminal(saga.status)) {
      EXPECT_FALSE(step.wake_at);
      continue;
    }
    if (step.wake_at && (!earliest || *step.wake_at < *earliest)) earliest = step.wake_at;
    const StepDefinition& it = definition.steps[i];
    const bool is_endless = it.kind == StepKind::wait && it.waits == Duration::max();
    // A step that is held back by a later one waits for that.
    const bool is_held = saga.status == SagaStatus::compensating && !step.calling;
    waits_without_limit |= is_endless;
    EXPECT_TRUE(step.wake_at || is_endless || is_held) << "step " << i << " waits without a timer";
  }
  const bool has_deadline = definition.timeout != Duration::max();
  if (earliest) {
    EXPECT_TRUE(saga.wake_at && *saga.wake_at <= *earliest);
    EXPECT_TRUE(has_deadline || saga.wake_at == earliest);
  }
  switch (saga.status) {
    case SagaStatus::started:
      EXPECT_TRUE(saga.wake_at || waits_without_limit);
      break;
    case SagaStatus::compensating:
      EXPECT_TRUE(saga.wake_at) << "a saga that goes back waits without a timer";
      break;
    case SagaStatus::completed:
      for (const StepState& step : saga.steps) EXPECT_EQ(step.status, StepStatus::succeeded);
      break;
    case SagaStatus::compensated:
      for (std::size_t i = 0; i < saga.steps.size(); ++i) EXPECT_FALSE(may_be_in_effect(definition, saga, i));
      break;
    case SagaStatus::failed:
      break;
  }
  EXPECT_FALSE(is_terminal(saga.status) && saga.wake_at);
}

void check_call(const SagaDefinition& definition, const Saga& before, const Saga& after, const StepCall& call,
                Called& called) {
  const std::pair execution{call.step, call.execution};
  const std::string key = participant_key(after, call.step, call.direction);
  const auto [known, is_new] =
      called.keys.try_emplace({call.step, call.direction, call.execution,
                               call.direction == Direction::compensation ? after.steps[call.step].undo_round : 0},
                              key);
  EXPECT_EQ(known->second, key) << "the key changed";
  if (call.direction == Direction::action) {
    for (const std::size_t earlier : steps_before(definition, call.step))
      EXPECT_EQ(after.steps[earlier].status, StepStatus::succeeded);
    if (!call.ask_only) {
      EXPECT_EQ(called.undone.count(execution), 0u) << "step " << call.step << " is done after its undo has begun";
      EXPECT_NE(after.status, SagaStatus::compensating) << "step " << call.step << " is done on the way back";
      called.done.insert(execution);
    }
    return;
  }
  EXPECT_EQ(called.done.count(execution), 1u) << "step " << call.step << " is undone and was never begun";
  const StepState& was = before.steps[call.step];
  const ParticipantStep* step = definition.steps[call.step].call.get();
  EXPECT_TRUE(was.status != StepStatus::failed || !after.steps[call.step].kept.empty()) << "what was refused is undone";
  EXPECT_TRUE(was.status != StepStatus::running || was.in_doubt || was.calling || (step && step->undo_refused) ||
              !after.steps[call.step].kept.empty());
  // A step that comes after it may have been done late since then.
  const bool is_first = called.undone.insert(execution).second;
  const bool is_late = after.steps[call.step].undo_round > 0 || was.status == StepStatus::failed;
  for (std::size_t later = 0; later < after.steps.size(); ++later) {
    const auto edges = steps_before(definition, later);
    const bool comes_after = std::find(edges.begin(), edges.end(), call.step) != edges.end();
    EXPECT_FALSE(comes_after && is_first && !is_late && may_be_in_effect(definition, after, later))
        << "step " << call.step << " is undone before " << later;
  }
}

// Of a step that a saga by itself does not go back from. A refusal says that nothing is in effect, and a person may
// decide otherwise.
void check_pivot(const SagaDefinition& definition, const Saga& before, const SagaCommand& command, const Saga& after) {
  const std::size_t i = definition.pivot;
  if (i >= before.steps.size() || !definition.steps[i].compensation.empty()) return;
  const auto* reply = std::get_if<StepReply>(&command);
  const bool says_nothing = reply && !std::holds_alternative<Refused>(reply->outcome);
  if (!says_nothing && !std::holds_alternative<WakeSaga>(command)) return;
  const bool may_be_done =
      before.steps[i].in_doubt || (before.steps[i].calling && std::holds_alternative<WakeSaga>(command));
  const bool is_held = before.steps[i].status == StepStatus::running && may_be_done;
  const bool goes_back = after.status == SagaStatus::compensating || after.status == SagaStatus::compensated;
  EXPECT_FALSE(before.status == SagaStatus::started && is_held && goes_back)
      << "it goes back although its pivot may be in effect and has no undo";
}

std::vector<SagaCommand> commands_for(const SagaDefinition& definition, const Saga& saga) {
  std::vector<SagaCommand> out = {CompensateSaga{"x", "op"}, RetrySaga{"op"}, WakeSaga{}, StopSaga{"stopped", "op"}};
  if (saga.wake_at) out.push_back(WakeSaga{saga.wake_at});
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const StepState& step = saga.steps[i];
    if (definition.steps[i].kind == StepKind::call && step.execution > 0) {
      const Direction now = direction_of(step);
      for (const Outcome& outcome : {Outcome{Succeeded{R"({"id":1})"}}, Outcome{Succeeded{}}, Outcome{Refused{"r"}},
                                     Outcome{Unavailable{"u"}}, Outcome{Unavailable{"not known", true}},
                                     Outcome{UnknownOutcome{"?"}}, Outcome{Accepted{5s, "http://p/1"}}}) {
        // A call is answered once, and what was accepted once more.
        const bool is_final = std::holds_alternative<Succeeded>(outcome) || std::holds_alternative<Refused>(outcome);
        if (is_final || step.calling)
          out.push_back(StepReply{i, now, step.execution, outcome, step.tries, step.began_at});
      }
      // Late ones, of calls that were given up.
      out.push_back(StepReply{i, Direction::action, step.execution, Succeeded{}, 1, Timestamp{1}});
      out.push_back(StepReply{i, Direction::compensation, step.execution, Succeeded{}, 1, Timestamp{1}});
      out.push_back(StepReply{i, Direction::action, step.execution, UnknownOutcome{"?"}, 1, Timestamp{1}});
    }
    for (const Outcome& outcome : {Outcome{Succeeded{}}, Outcome{Refused{"r"}}, Outcome{Unavailable{"again"}}})
      out.push_back(AnswerStep{i, outcome, "seen", "op"});
  }
  return out;
}

class OwnSagaStates : public ::testing::TestWithParam<OwnCase> {};

TEST_P(OwnSagaStates, AllReachableOnesSatisfyTheInvariants) {
  const DefinitionPointer definition = own_definition(GetParam().steps, GetParam().members);
  const Timestamp start{1'000'000'000};
  OwnNode first{new_saga(*definition, SagaId{new_uuid()}, Moment{start, "node-1", 1, 1}), start, 0, {}};
  first.saga.own_definition = {definition};
  first.saga.input = "{}";
  auto begun = decide(*definition, first.saga, StartSaga{}, Moment{start, "node-1", 1, 1});
  for (const StepCall& call : begun->calls) check_call(*definition, first.saga, begun->saga, call, first.called);
  first.saga = std::move(begun->saga);
  std::deque<OwnNode> open{std::move(first)};
  std::set<std::string> seen;
  std::set<SagaStatus> statuses;
  while (!open.empty()) {
    const OwnNode node = std::move(open.front());
    open.pop_front();
    for (const SagaCommand& command : commands_for(*definition, node.saga)) {
      for (const Duration passes : {Duration{1}, Duration{61s}}) {
        OwnNode next{{}, node.now + passes, node.depth + 1, node.called};
        auto decision = decide(*definition, node.saga, command, Moment{next.now, "node-1", 1, 99});
        if (!decision) continue;
        next.saga = std::move(decision->saga);
        SCOPED_TRACE(fmt::format("{} -> {} by command {} after {} us", signature(node), signature(next),
                                 command.index(), passes.count()));
        check_state(*definition, next.saga);
        check_pivot(*definition, node.saga, command, next.saga);
        std::set<std::size_t> called_now;
        for (const StepCall& call : decision->calls) {
          check_call(*definition, node.saga, next.saga, call, next.called);
          EXPECT_TRUE(called_now.insert(call.step).second || call.direction == Direction::compensation)
              << "step " << call.step << " is called twice at once";
        }
        if (HasFailure()) return;
        statuses.insert(next.saga.status);
        const bool is_first = std::all_of(next.saga.steps.begin(), next.saga.steps.end(),
                                          [](const StepState& step) { return step.execution <= 2; });
        if (node.depth < GetParam().depth && is_first && seen.insert(signature(next)).second)
          open.push_back(std::move(next));
      }
    }
  }
  EXPECT_GE(statuses.size(), 5u) << "every status is reachable";
  EXPECT_GT(seen.size(), 50u);
}

INSTANTIATE_TEST_SUITE_P(
    Definitions, OwnSagaStates,
    ::testing::Values(
        OwnCase{"Line", R"([{"name":"a"},{"name":"b"}])", "{}", 6},
        OwnCase{"Pivot", R"([{"name":"a"},{"name":"b"},{"name":"c","undo":null}])", R"({"pivot":"b","timeout":"30s"})",
                5},
        OwnCase{"PivotWithoutUndo", R"([{"name":"a"},{"name":"b","undo":null},{"name":"c","undo":null}])",
                R"({"pivot":"b","timeout":"30s"})", 5},
        OwnCase{"Parallel", R"([{"name":"a"},{"name":"b","after":[]}])", "{}", 4},
        OwnCase{
            "Diamond",
            R"([{"name":"a"},{"name":"b","after":["a"]},{"name":"c","after":["a"]},{"name":"d","after":["b","c"]}])",
            "{}", 4},
        OwnCase{
            "Asked",
            R"([{"name":"a","call":{"post":"{p}/do"},"undo":{"post":"{p}/undo"},"ask":{"get":"{p}/ask"}},{"name":"b"}])",
            "{}", 6},
        OwnCase{"AlsoRefused",
                R"([{"name":"a","call":{"post":"{p}/do"},"undo":{"post":"{p}/undo","also":"refused"}},{"name":"b"}])",
                "{}", 6},
        OwnCase{"Waits", R"([{"name":"a"},{"name":"w","wait":{}},{"name":"v","after":["a"],"wait":{"for":"5s"}},
                            {"name":"z","after":["a"],"sleep":"5s"}])",
                "{}", 7},
        OwnCase{"PastThePivotInParallel",
                R"([{"name":"p"},{"name":"b","after":["p"],"undo":null},{"name":"c","after":["p"],"undo":null},
                    {"name":"x","after":[]}])",
                R"({"pivot":"p"})", 3}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace sagactl
