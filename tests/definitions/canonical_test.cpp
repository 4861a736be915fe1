// One meaning has one canonical text, which the runnable definition is made of; what differs is said in plain lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/definitions/definition_diff.hpp"
#include "server/saga/compile_definition.hpp"
#include "tests/definitions/trip.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Json canonical(const std::string& text, const char* name = "trip.yaml") {
  auto read = read_definition(text, name);
  EXPECT_TRUE(read.canonical) << shown(read.problems);
  return read.canonical.value_or(Json());
}

std::vector<std::string> diff_with(std::string_view from, std::string_view to) {
  return definition_diff(canonical(trip_yaml), canonical(trip_with(from, to)));
}

// Everything of a definition that counts when it runs.
Json meaning(const SagaDefinition& it) {
  const auto request = [](const std::optional<RequestTemplate>& of) {
    Json out = Json::array();
    if (!of) return out;
    out = {of->method, of->command};
    for (const TextTemplate* text : {&of->url, &of->body})
      for (const TextPiece& piece : *text) out.push_back({piece.literal, piece.value ? piece.value->text() : ""});
    return out;
  };
  Json out = {it.name, it.pivot, it.timeout.count(), it.search};
  for (const ParticipantDefinition& p : it.participants)
    out.push_back({p.name, p.url, p.topic, p.timeout.count(), p.concurrency, p.retry.first.count(), p.retry.cap.count(),
                   p.retry.budget.count(), p.ca, p.certificate, p.key, p.secret});
  for (std::size_t i = 0; i < it.steps.size(); ++i) {
    const StepDefinition& step = it.steps[i];
    Json& json = out.emplace_back(Json{step.name, to_string(step.kind), step.waits.count(), steps_before(it, i)});
    if (!step.call) continue;
    json.push_back({request(step.call->perform), request(step.call->undo), request(step.call->ask)});
    json.push_back({step.call->participant, step.call->undo_refused, step.call->rules.done, step.call->rules.refused,
                    step.call->rules.again});
    for (const auto& [name, pointer] : step.call->keep) json.push_back({name, pointer});
  }
  return out;
}

TEST(DefinitionCanonical, YamlAndJsonOfOneMeaningHaveOneText) {
  EXPECT_EQ(read_definition(trip_yaml, "trip.yaml").text(), read_definition(trip_json, "trip.json").text());
}

TEST(DefinitionCanonical, IsItsOwnCanonicalText) {
  const std::string text = read_definition(trip_yaml, "trip.yaml").text();
  EXPECT_EQ(read_definition(text, "trip").text(), text);
}

TEST(DefinitionCanonical, CommentsBlanksAndLineEndsDoNotCount) {
  std::string text = "# a trip\n" + trip_yaml;
  replace_all(text, "pivot: payment", "pivot:   'payment'  # no way back");
  EXPECT_EQ(canonical(text), canonical(trip_yaml));
  replace_all(text, "\n", "\r\n");
  EXPECT_EQ(canonical(text), canonical(trip_yaml));
  EXPECT_EQ(canonical("\xEF\xBB\xBF" + trip_yaml), canonical(trip_yaml));
}

TEST(DefinitionCanonical, AnchorsStandForTheirValues) {
  std::string text = trip_with("retry: { first: 100ms, cap: 10s, budget: 5m }", "retry: &slow { first: 1s, cap: 20s }");
  replace_all(text, "\"http://air:8080/v1/\"", "\"http://air:8080/v1/\", retry: *slow");
  EXPECT_EQ(canonical(text)["participants"]["air"]["retry"], (Json{{"first", "1s"}, {"cap", "20s"}, {"budget", "5m"}}));
}

TEST(DefinitionCanonical, ScalarsAreReadByTheCoreSchema) {
  const Json all = canonical(trip_with(
      "\"{input.guest}\" }\n",
      "{ a: no, b: 0123, c: 1_000, d: 12:30, e: 0o17, f: 0x1F, g: !!str 5, h: ~, i: \"5\", j: True, k: -7, l: 2.5, "
      "m: 1e3, n: 2026-01-02, o: '' } }\n"));
  const Json& body = all["steps"][5]["call"]["body"];
  EXPECT_EQ(
      json_text(body),
      R"({"a":"no","b":123,"c":"1_000","d":"12:30","e":15,"f":31,"g":"5","h":null,"i":"5","j":true,"k":-7,"l":2.5,"m":1000.0,"n":"2026-01-02","o":""})");
}

TEST(DefinitionCanonical, JsonsTextsAreReadWithTheirEscapes) {
  std::string text = trip_json;
  replace_all(text, "\"body\": \"{input.guest}\"", R"("body": "\ud83d\ude00 \u00fc \"\\\/\n")");
  EXPECT_EQ(canonical(text, "trip.json")["steps"][5]["call"]["body"], Json("\xF0\x9F\x98\x80 \xC3\xBC \"\\/\n"));
}

TEST(DefinitionCanonical, AfterStandsThereOnlyWhenItIsNotTheStepBefore) {
  const Json steps = canonical(trip_yaml)["steps"];
  EXPECT_FALSE(steps[0].contains("after"));
  EXPECT_EQ(steps[1]["after"], Json::array());
  EXPECT_EQ(steps[2]["after"], (Json{"hotel", "flight"}));
  EXPECT_FALSE(steps[3].contains("after"));
  EXPECT_EQ(canonical(trip_with("name: pause", "name: pause\n    after: [approval]")), canonical(trip_yaml));
}

TEST(DefinitionCanonical, TheRunnableDefinitionOfItMeansWhatTheFileSays) {
  const Json canonical_json = canonical(trip_yaml);
  const auto of_canonical = compile_definition(canonical_text(canonical_json), 1);
  ASSERT_TRUE(of_canonical) << of_canonical.error().message;
  const auto of_file = compile_definition(trip_json, 1);
  ASSERT_TRUE(of_file) << of_file.error().message;
  const SagaDefinition& it = **of_canonical;
  EXPECT_EQ(it.name, "trip");
  EXPECT_EQ(it.pivot, 2u);
  EXPECT_EQ(it.timeout, 15min);
  EXPECT_EQ(it.steps[2].call->rules.refused, (std::vector<std::string>{"402", "409"}));
  EXPECT_EQ(it.steps[4].waits, 90s);
  // The file lists participants, members and codes in another order: only those that the order of names changes.
  const auto again = compile_definition(canonical_text(canonical(canonical_text(canonical_json), "x.json")), 1);
  EXPECT_EQ(meaning(it), meaning(**again));
  EXPECT_EQ((*of_file)->steps.size(), it.steps.size());
  for (std::size_t i = 0; i < it.steps.size(); ++i) {
    EXPECT_EQ((*of_file)->steps[i].waits, it.steps[i].waits);
    EXPECT_EQ((*of_file)->steps[i].timeout, it.steps[i].timeout);
    EXPECT_EQ((*of_file)->steps[i].action, it.steps[i].action);
    EXPECT_EQ((*of_file)->steps[i].compensation, it.steps[i].compensation);
  }
}

TEST(DefinitionDiff, OfTheSameIsEmpty) {
  EXPECT_THAT(definition_diff(canonical(trip_yaml), canonical(trip_json, "trip.json")), IsEmpty());
}

TEST(DefinitionDiff, SaysWhatChangedInPlainLines) {
  EXPECT_THAT(diff_with("timeout: 8s", "timeout: 9s"), ElementsAre("participant payment: timeout 8s -> 9s"));
  EXPECT_THAT(diff_with("cap: 10s", "cap: 20s"), ElementsAre("participant hotel: retry.cap 10s -> 20s"));
  EXPECT_THAT(diff_with("timeout: 15m", "timeout: 16m"), ElementsAre("timeout 15m -> 16m"));
  EXPECT_THAT(diff_with("pivot: payment\n", ""), ElementsAre("pivot payment removed"));
  EXPECT_THAT(diff_with("for: 24h", "for: 2d"), ElementsAre("step approval: wait.for 1d -> 2d"));
  EXPECT_THAT(diff_with("wait: { for: 24h }", "wait: {}"),
              ElementsAre("step approval: wait.for 1d removed", "step approval: wait {} added"));
  EXPECT_THAT(diff_with("refused: [402, 409]", "refused: [402]"),
              ElementsAre("step payment: refused [402,409] -> [402]"));
  EXPECT_THAT(diff_with("send-tickets", "send-mail"), ElementsAre("step mail: call.command send-tickets -> send-mail"));
}

TEST(DefinitionDiff, SaysWhereStepsWereAddedRemovedAndMoved) {
  EXPECT_THAT(diff_with("  - name: mail\n", "  - name: nap\n    sleep: 1s\n  - name: mail\n"),
              ElementsAre("step mail: after pause -> after nap", "step nap: added after pause"));
  EXPECT_THAT(diff_with("  - name: pause\n    sleep: 90s\n", ""),
              ElementsAre("step pause: removed", "step mail: after pause -> after approval"));
  EXPECT_THAT(diff_with("    after: []\n", ""), ElementsAre("step flight: at the beginning -> after hotel"));
}

}  // namespace
}  // namespace sagactl
