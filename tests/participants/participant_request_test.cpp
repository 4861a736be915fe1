// The requests to participants of users' sagas, and what their answers mean: the tables of the contract.
#include "server/participants/calls/participant_request.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/text.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Pair;

constexpr const char* trip = R"({"saga":"trip","pivot":"pay",
 "participants":{"hotel":{"url":"http://hotel:8080/api/"},"pay":{"url":"https://pay","timeout":"2s"},"mail":{"kafka":"m"}},
 "result":{"room":"{hotel.booking}"},
 "steps":[
  {"name":"hotel","call":{"post":"{hotel}/bookings/{input.guest}","body":{"all":"{input}","n":"{input.nights}","t":"for {input.nights}"}},
   "keep":{"booking":"/made/0/id"},"ask":{"get":"{hotel}/bookings?key={saga.step_key}"},
   "undo":{"delete":"{hotel}/bookings/{hotel.booking}"},"refused":[402,"409"],"again":["410"],"done":[404]},
  {"name":"pay","call":{"post":"{pay}/charges"},"undo":{"post":"{hotel}/refunds/{pay.id}"},"keep":{"id":"/id"}},
  {"name":"mail","call":{"command":"send","body":"{input.guest}"}}]})";

class ParticipantRequestTest : public ::testing::Test {
 protected:
  ParticipantRequestTest() {
    auto compiled = compile_definition(trip, 3);
    EXPECT_TRUE(compiled) << (compiled ? "" : compiled.error().message);
    saga = new_saga(**compiled, SagaId{*Uuid::parse("0190a3b0-0000-7000-8000-000000000001")}, moment);
    saga.own_definition = {*compiled};
    saga.input = R"({"guest":"Ann & Bo/ä","nights":3})";
    for (StepState& step : saga.steps) step.execution = 1;
  }
  Result<ParticipantCall> request(std::size_t step, Direction direction = Direction::action, bool asks = false) {
    return request_of(saga, StepCall{saga.id, step, direction, 1, 2, asks}, moment);
  }
  Outcome outcome(int status, std::string body = "", Direction direction = Direction::action, bool is_question = false,
                  std::size_t step = 1) {
    ParticipantCall call;
    call.call = StepCall{saga.id, step, direction};
    call.definition = saga.own_definition.definition;
    call.url = "http://hotel:8080/api/bookings/1?x=/y";
    call.is_question = is_question;
    answer.status = status;
    answer.body = std::move(body);
    ReadAnswer read = read_answer(call, answer);
    record = read.record;
    return read.outcome;
  }

  Moment moment{Timestamp{1'000'000'000}, "node-1", 7, 12345};
  Saga saga;
  ParticipantAnswer answer;
  CallRecord record;
};

const std::string id = "0190a3b0-0000-7000-8000-000000000001";

TEST_F(ParticipantRequestTest, ValuesArePercentEncodedInAUrlAndKeepTheirTypeInABody) {
  const auto call = request(0);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->method, "POST");
  EXPECT_EQ(call->url, "http://hotel:8080/api/bookings/Ann%20%26%20Bo%2F%C3%A4");
  EXPECT_EQ(call->body, R"({"all":{"guest":"Ann & Bo/ä","nights":3},"n":3,"t":"for 3"})");
}

TEST_F(ParticipantRequestTest, EachCallIsASpanOfTheCallersTraceAndIsSampledWhenThatIs) {
  using ::testing::AllOf;
  using ::testing::EndsWith;
  using ::testing::StartsWith;
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-";
  saga.trace_parent = trace + "b7ad6b7169203331-01";
  EXPECT_THAT(request(0)->headers, Contains(Pair("traceparent", AllOf(StartsWith(trace), EndsWith("-01")))));
  EXPECT_THAT(request(0)->headers, Not(Contains(Pair("traceparent", saga.trace_parent))));
  saga.trace_parent = trace + "b7ad6b7169203331-00";
  EXPECT_THAT(request(0)->headers, Contains(Pair("traceparent", AllOf(StartsWith(trace), EndsWith("-00")))));
  saga.trace_parent.clear();
  EXPECT_THAT(request(0)->headers, Contains(Pair("traceparent", EndsWith("-01"))));
}

TEST_F(ParticipantRequestTest, TheHeadersNameTheCallAndTheKeyIsTheSameInEveryRepeat) {
  const auto call = request(0);
  EXPECT_THAT(call->headers, Contains(Pair("Idempotency-Key", '"' + id + "/hotel/do/1\"")));
  EXPECT_THAT(call->headers, Contains(Pair("Saga-Id", id)));
  EXPECT_THAT(call->headers, Contains(Pair("Saga-Step", "hotel")));
  EXPECT_THAT(call->headers, Contains(Pair("Saga-Direction", "do")));
  EXPECT_THAT(call->headers, Contains(Pair("Saga-Try", "2")));
  EXPECT_THAT(call->headers, Contains(Pair("Content-Type", "application/json")));
}

TEST_F(ParticipantRequestTest, ACallIsASpanOfTheClientsTraceAndIsSampledWhenThatIs) {
  const auto has_traceparent = [](const std::string& pattern) {
    return Contains(Pair("traceparent", MatchesRegex(pattern)));
  };
  EXPECT_THAT(request(0)->headers, has_traceparent("00-0190a3b0000070008000000000000001-[0-9a-f]+-01"));
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-";
  for (const std::string flags : {"00", "01", "02", "03"}) {
    saga.trace_parent = trace + "00f067aa0ba902b7-" + flags;
    EXPECT_THAT(request(0)->headers, has_traceparent(trace + "[0-9a-f]+-" + flags));
  }
}

TEST_F(ParticipantRequestTest, TheKeyOfAnUndoGrowsOnlyWhenItWasDoneLate) {
  EXPECT_EQ(participant_key(saga, 0, Direction::compensation), id + "/hotel/undo/1");
  saga.steps[0].undo_round = 1;
  EXPECT_EQ(participant_key(saga, 0, Direction::compensation), id + "/hotel/undo/1.2");
  EXPECT_EQ(step_key(saga, 0), id + "/hotel/do/1");
}

TEST_F(ParticipantRequestTest, AQuestionIsAskedOnlyOfWhatMayHaveBeenDone) {
  EXPECT_FALSE(request(0)->is_question);
  const auto question = request(0, Direction::action, true);
  EXPECT_TRUE(question->is_question);
  EXPECT_EQ(question->method, "GET");
  EXPECT_THAT(question->url, HasSubstr("/api/bookings?key="
                                       "0190a3b0"));
  EXPECT_FALSE(request(1, Direction::action, true)->is_question) << "no question: the same call again";
}

TEST_F(ParticipantRequestTest, AnUndoWithoutTheValueThatItNeedsIsRefusedByName) {
  const auto undo = request(0, Direction::compensation);
  ASSERT_FALSE(undo);
  EXPECT_THAT(undo.error().message, HasSubstr("hotel.booking"));
  saga.steps[0].kept = R"({"booking":"b/7"})";
  EXPECT_EQ(request(0, Direction::compensation)->url, "http://hotel:8080/api/bookings/b%2F7");
}

TEST_F(ParticipantRequestTest, OnlyAQuestionThatCannotBeAskedLeavesOpenWhatItIsAbout) {
  const auto outcome_of = [&](std::size_t step, Direction direction, bool asks_first, bool asks_only) {
    return without_request(saga, StepCall{saga.id, step, direction, 1, 2, asks_first, asks_only}, "there is no x");
  };
  EXPECT_EQ(outcome_of(0, Direction::action, false, true), Outcome{UnknownOutcome{"there is no x"}});
  EXPECT_EQ(outcome_of(0, Direction::action, true, false), (Outcome{Unavailable{"there is no x", true}}));
  EXPECT_EQ(outcome_of(0, Direction::action, false, false), Outcome{Refused{"there is no x"}});
  EXPECT_EQ(outcome_of(1, Direction::action, true, false), Outcome{Refused{"there is no x"}}) << "it has no question";
  EXPECT_EQ(outcome_of(0, Direction::compensation, true, false), Outcome{Refused{"there is no x"}});
}

TEST_F(ParticipantRequestTest, ALaterUndoSaysSo) {
  saga.steps[0].kept = R"({"booking":"b-7"})";
  saga.steps[0].undo_round = 1;
  EXPECT_EQ(request(0, Direction::compensation)->undo_round, 1);
  EXPECT_EQ(request(0)->undo_round, 0);
}

TEST_F(ParticipantRequestTest, AnUndoMayBeAtAnotherParticipant) {
  saga.steps[1].kept = R"({"id":9})";
  const auto undo = request(1, Direction::compensation);
  EXPECT_EQ(undo->url, "http://hotel:8080/api/refunds/9");
  EXPECT_EQ(undo->definition->participants[undo->participant].name, "hotel");
}

TEST_F(ParticipantRequestTest, WhatIsUnderWayIsAskedForWhereTheParticipantSaid) {
  saga.steps[1].location = "https://pay/jobs/1";
  const auto call = request(1);
  EXPECT_TRUE(call->is_question);
  EXPECT_EQ(call->method, "GET");
  EXPECT_EQ(call->url, "https://pay/jobs/1");
  EXPECT_TRUE(call->body.empty());
}

TEST_F(ParticipantRequestTest, AMessageHasACommandAndNoUrl) {
  const auto call = request(2);
  EXPECT_EQ(call->command, "send");
  EXPECT_TRUE(call->url.empty());
  EXPECT_EQ(call->body, R"("Ann & Bo/ä")");
}

TEST_F(ParticipantRequestTest, EveryRowOfTheTableOfAnswersToAnAction) {
  const std::string made = R"({"id":5})";
  for (const int status : {200, 201, 202, 204, 299})
    EXPECT_EQ(outcome(status, made), Outcome{Succeeded{R"({"id":5})"}}) << status;
  for (const int status : {400, 401, 403, 404, 405, 409, 410, 422, 451})
    EXPECT_TRUE(std::holds_alternative<Refused>(outcome(status))) << status;
  for (const int status : {408, 425, 429, 500, 502, 503, 504, 599})
    EXPECT_TRUE(std::holds_alternative<Unavailable>(outcome(status))) << status;
  for (const int status : {301, 302, 303, 307, 308})
    EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(outcome(status))) << status;
  EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(outcome(0))) << "no answer";
  EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(outcome(200, "{}"))) << "what it keeps is missing";
  EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(outcome(200, "made"))) << "no JSON";
}

TEST_F(ParticipantRequestTest, ACallThatWasNotSentDidNothingAndAQuestionThatWasNotSaysNothing) {
  answer.failure = "connection refused";
  answer.was_sent = false;
  EXPECT_EQ(outcome(0), (Outcome{Unavailable{"connection refused"}}));
  EXPECT_EQ(outcome(0, "", Direction::action, true), (Outcome{UnknownOutcome{"connection refused"}}));
}

TEST_F(ParticipantRequestTest, RetryAfterIsKept) {
  answer.retry_after = 7s;
  EXPECT_EQ(std::get<Unavailable>(outcome(429)).at_least, 7s);
  EXPECT_EQ(outcome(202), (Outcome{Accepted{7s, {}}}));
}

TEST_F(ParticipantRequestTest, AConflictThatSaysWhenToComeAgainIsACallThatStillRuns) {
  answer.retry_after = 1s;
  for (const Direction direction : {Direction::action, Direction::compensation})
    EXPECT_EQ(outcome(409, "", direction), (Outcome{Accepted{1s, {}}}));
  EXPECT_EQ(outcome(409, "", Direction::action, true), (Outcome{Accepted{1s, {}}}));
  EXPECT_TRUE(std::holds_alternative<Refused>(outcome(409, "", Direction::action, false, 0))) << "the step says so";
  EXPECT_TRUE(std::holds_alternative<Refused>(outcome(422)));
}

TEST_F(ParticipantRequestTest, ALocationIsResolvedAgainstTheUrlOfTheCall) {
  const auto resolved = [&](const char* location) {
    answer.location = location;
    return std::get<Accepted>(outcome(202)).location;
  };
  EXPECT_EQ(resolved("/jobs/1"), "http://hotel:8080/jobs/1");
  EXPECT_EQ(resolved("jobs/1"), "http://hotel:8080/api/bookings/jobs/1");
  EXPECT_EQ(resolved("//other/jobs/1"), "http://other/jobs/1");
  EXPECT_EQ(resolved("https://other/jobs/1?a=b"), "https://other/jobs/1?a=b");
  EXPECT_EQ(resolved("/jobs/\x80"), "") << "no URL: the same call again";
}

TEST_F(ParticipantRequestTest, AnswersToAnUndo) {
  const auto undo = [&](int status) { return outcome(status, "", Direction::compensation); };
  for (const int status : {200, 204, 404, 410}) EXPECT_EQ(undo(status), Outcome{Succeeded{}}) << status;
  for (const int status : {400, 409, 422}) EXPECT_TRUE(std::holds_alternative<Refused>(undo(status))) << status;
  EXPECT_TRUE(std::holds_alternative<Unavailable>(undo(503)));
}

TEST_F(ParticipantRequestTest, AnswersToAQuestion) {
  const auto question = [&](int status, std::string body = "") {
    return outcome(status, std::move(body), Direction::action, true);
  };
  EXPECT_EQ(question(200, R"({"id":5})"), Outcome{Succeeded{R"({"id":5})"}});
  EXPECT_TRUE(std::get<Unavailable>(question(404)).again_now) << "not known: it is called at once";
  EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(question(503)));
  EXPECT_TRUE(std::holds_alternative<Refused>(question(409)));
}

TEST_F(ParticipantRequestTest, AStepMaySayWhatAStatusMeans) {
  const auto hotel = [&](int status, bool is_question = false) {
    return outcome(status, R"({"made":[{"id":"x"}]})", Direction::action, is_question, 0);
  };
  EXPECT_EQ(hotel(404), Outcome{Succeeded{R"({"booking":"x"})"}});
  EXPECT_TRUE(std::holds_alternative<Unavailable>(hotel(410)));
  EXPECT_TRUE(std::holds_alternative<Refused>(hotel(402)));
  EXPECT_TRUE(std::get<Unavailable>(hotel(404, true)).again_now) << "that answers the question, not the call";
}

TEST_F(ParticipantRequestTest, WhatIsStoredOfAnAnswerIsShortAndUtf8WithoutNul) {
  const std::string binary(5'000, '\xff');
  EXPECT_TRUE(is_utf8(std::get<Refused>(outcome(409, binary)).reason));
  EXPECT_TRUE(is_utf8(record.answer));
  EXPECT_LE(record.answer.size(), kept_answer_max);
  outcome(409, std::string("a\0b", 3));
  EXPECT_EQ(record.answer,
            "a\xEF\xBF\xBD"
            "b");
  outcome(500, std::string(70'000, 'x'));
  EXPECT_EQ(record.answer.size(), kept_answer_max);
  EXPECT_EQ(std::get<Refused>(outcome(409, R"({"message":"full"})")).reason, "answered 409: full");
}

TEST_F(ParticipantRequestTest, TheResultIsWhatTheDefinitionShowsOrWhatTheStepsHaveKept) {
  EXPECT_EQ(result_of(saga), "null") << "a value is missing";
  saga.steps[0].kept = R"({"booking":7})";
  EXPECT_EQ(result_of(saga), R"({"room":7})");
  auto definition = *saga.own_definition.definition;
  definition.result.clear();
  saga.own_definition = {std::make_shared<const SagaDefinition>(std::move(definition))};
  saga.steps[1].kept = "{}";
  EXPECT_EQ(result_of(saga), R"({"hotel":{"booking":7}})");
}

TEST(TextTemplateTest, ABraceWithoutAPathIsText) {
  EXPECT_EQ(values_of(url_template("/a/{}/{ x}/{a..b}/{.a}/{a")).size(), 0u);
  EXPECT_EQ(values_of(url_template("{a}{b.c}")).size(), 2u);
  for (const char* text : {"{}", "{", "{a", "{ }", "{..}", "}"})
    EXPECT_EQ(values_of(json_template(Json(text))).size(), 0u) << text;
  EXPECT_EQ(*render(json_template(Json{{"empty", "{}"}}), [](const ValuePath&) { return nullptr; }),
            R"({"empty":"{}"})");
}

TEST(TextTemplateTest, NeitherAListNorAnObjectStandsInAUrl) {
  const Json list = Json::array({1});
  const auto rendered = render(url_template("/{a}"), [&](const ValuePath&) { return &list; });
  ASSERT_FALSE(rendered);
  EXPECT_THAT(rendered.error().message, HasSubstr("a is a list"));
}

TEST(CompileDefinitionTest, RefusesWhatCannotBeRunAndSaysWhere) {
  const auto error = [](const char* text) { return compile_definition(text, 1).error().message; };
  const std::string p = R"("saga":"s","participants":{"p":{"url":"http://p"}})";
  EXPECT_EQ(error("{"), "the definition is no JSON");
  EXPECT_THAT(error(R"({"saga":"s"})"), HasSubstr("steps"));
  EXPECT_THAT(error(R"({"saga":"s","steps":[{"name":"a"}]})"), HasSubstr("steps.a"));
  EXPECT_THAT(error(("{" + p + R"(,"steps":[{"name":"a","after":["a"],"sleep":"1s"}]})").c_str()), HasSubstr("circle"));
  EXPECT_THAT(error(("{" + p + R"(,"steps":[{"name":"a","after":["x"],"sleep":"1s"}]})").c_str()), HasSubstr("x"));
  EXPECT_THAT(error(("{" + p + R"(,"pivot":"q","steps":[{"name":"a","sleep":"1s"}]})").c_str()), HasSubstr("q"));
  EXPECT_THAT(error(("{" + p + R"(,"steps":[{"name":"a","call":{"post":"/x"}}]})").c_str()), HasSubstr("participant"));
}

TEST(CompileDefinitionTest, StepsMayBeListedBeforeThoseTheyComeAfterUnlessTheyComeAfterEachOther) {
  const auto compiled = [](const char* last_after) {
    return compile_definition(fmt::format(R"({{"saga":"s","steps":[{{"name":"a","after":["b"],"sleep":"1s"}},
                                              {{"name":"b","after":["c"],"sleep":"1s"}},
                                              {{"name":"c","after":["d"],"sleep":"1s"}},
                                              {{"name":"d","after":[{}],"sleep":"1s"}}]}})",
                                          last_after),
                              1);
  };
  EXPECT_TRUE(compiled(""));
  EXPECT_THAT(compiled(R"("a")").error().message, HasSubstr("circle"));
  EXPECT_THAT(compiled(R"("c")").error().message, HasSubstr("circle"));
}

TEST(CompileDefinitionTest, ReadsDurations) {
  EXPECT_EQ(*read_duration(Json("2d")), 48h);
  EXPECT_EQ(*read_duration(Json(1.5)), 1500ms);
  EXPECT_FALSE(read_duration(Json("soon")));
  EXPECT_FALSE(read_duration(Json(-1)));
}

// docs/remote-participants.md
TEST_F(ParticipantRequestTest, WhatAParticipantSaysByMessageMeansTheSameAsAStatus) {
  const auto said = [&](Said what, Direction direction = Direction::action, bool is_question = false) {
    answer = {};
    answer.said = what;
    answer.failure = "why";
    answer.retry_after = 3s;
    return outcome(0, R"({"id":7})", direction, is_question);
  };
  const Direction undo = Direction::compensation;
  EXPECT_EQ(said(Said::done), Outcome(Succeeded{R"({"id":7})"}));
  EXPECT_EQ(record.outcome, CallOutcome::done);
  EXPECT_EQ(record.answer, R"({"id":7})");
  EXPECT_EQ(said(Said::done, undo), Outcome(Succeeded{}));
  EXPECT_EQ(said(Said::refused), Outcome(Refused{"answered refused: why"}));
  EXPECT_EQ(said(Said::refused, undo), Outcome(Refused{"answered refused: why"}));
  EXPECT_EQ(said(Said::again), Outcome(Unavailable{"answered again: why", false, 3s}));
  EXPECT_EQ(said(Said::again, Direction::action, true), Outcome(UnknownOutcome{"answered again: why"}));
  EXPECT_EQ(said(Said::unknown), Outcome(UnknownOutcome{"answered unknown: why"}));
  EXPECT_EQ(said(Said::under_way), Outcome(Accepted{3s, ""}));
  EXPECT_EQ(said(Said::not_found), Outcome(Refused{"answered not-found: why"}));
  EXPECT_EQ(said(Said::not_found, undo), Outcome(Succeeded{}));
  EXPECT_EQ(said(Said::not_found, Direction::action, true),
            Outcome(Unavailable{"the participant does not know the call", true}));
}

TEST_F(ParticipantRequestTest, DoneByMessageWithoutWhatIsKeptIsUnknown) {
  answer.said = Said::done;
  EXPECT_EQ(outcome(0, "{}"), Outcome(UnknownOutcome{"answered done, but its answer has no /id"}));
}

TEST_F(ParticipantRequestTest, AnAnswerThatIsNestedTooDeeplyKeepsNothing) {
  const std::string deep = R"({"id":)" + std::string(30'000, '[') + std::string(30'000, ']') + "}";
  EXPECT_EQ(outcome(200, deep), Outcome(UnknownOutcome{"answered 200, but its answer is nested deeper than 64"}));
  EXPECT_EQ(outcome(200, R"({"id":"[[[[{{{{\"[","x":[[1]]})"), Outcome(Succeeded{R"({"id":"[[[[{{{{\"["})"}))
      << "brackets in texts do not count";
}

}  // namespace
}  // namespace sagactl
