// Rehearsals find what is planted in participants, and find nothing in right ones.
#include "rehearsal/rehearsal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "rehearsal/rehearsal_caller.hpp"
#include "rehearsal/rehearsal_definition.hpp"
#include "server/adapters/simulated/stand_ins.hpp"

namespace sagactl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const Json trip = Json::parse(R"({
  "saga": "trip", "pivot": "payment",
  "participants": {"hotel": {"url": "http://hotel"}, "air": {"url": "http://air"}, "payment": {"url": "http://payment"}},
  "steps": [
    {"name": "hotel", "call": {"post": "{hotel}/bookings", "body": {"guest": "{input.guest}"}},
     "keep": {"booking": "/id"}, "undo": {"delete": "{hotel}/bookings/{saga.step_key}"}},
    {"name": "flight", "after": [], "call": {"post": "{air}/seats", "body": "{input}"},
     "undo": {"post": "{air}/seats/release", "body": {"key": "{saga.step_key}"}}},
    {"name": "approval", "after": ["hotel", "flight"], "wait": {"for": "1h"}},
    {"name": "payment", "call": {"post": "{payment}/charges", "body": {"for": "{hotel.booking}"}},
     "keep": {"charge": "/charge/id"}, "ask": {"get": "{payment}/charges/{saga.step_key}"}},
    {"name": "pause", "sleep": "10m"},
    {"name": "ticket", "call": {"post": "{air}/tickets", "body": {"guest": "{input.guest}"}}}
  ]})");

// A participant in memory with one planted fault.
class Participant : public ParticipantCaller {
 public:
  enum class Planted {
    nothing,
    books_twice,
    cannot_undo_twice,
    refuses_unknown_undo,
    does_after_undo,
    forgets_the_undo,
    forgets_its_key,
    is_unavailable
  };
  explicit Participant(Planted planted) : planted_(planted) {}

  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override {
    ParticipantAnswer answer;
    {
      const std::lock_guard lock(mutex_);
      answer = answer_to(call);
    }
    done(answer);
  }
  void withdraw(SagaId) override {}
  void set_guard(std::function<bool()>) override {}

  std::int64_t in_effect(SagaId saga, std::size_t participant) {
    const std::lock_guard lock(mutex_);
    std::int64_t count = 0;
    for (const auto& [key, record] : records_)
      if (key.first == saga && record.participant == participant) count += record.effects;
    return count;
  }

 private:
  struct Record {
    std::size_t participant = 0;
    std::int64_t effects = 0;
    bool was_done = false, was_undone = false, is_forgotten = false;
    std::string body;
  };

  ParticipantAnswer answer_to(const ParticipantCall& call) {
    if (call.url.ends_with("/clock")) {
      for (auto& [key, each] : records_) each.is_forgotten = planted_ == Planted::forgets_its_key;
      return status(200, "{}");
    }
    Record& record = records_[{call.call.saga, call.call.step}];
    record.participant = call.participant;
    if (planted_ == Planted::is_unavailable) return status(503, "{}");
    if (call.is_question)
      return record.effects > 0 && !record.is_forgotten ? status(200, record.body) : status(404, "{}");
    return call.call.direction == Direction::action ? act(record) : undo(record);
  }
  ParticipantAnswer act(Record& record) {
    if (record.was_undone && planted_ != Planted::does_after_undo) return status(409, R"({"reason":"undone"})");
    const bool is_repeated =
        record.was_done && planted_ != Planted::books_twice && !record.was_undone && !record.is_forgotten;
    if (!is_repeated) {
      ++record.effects;
      ++bookings_;
      record.body = Json{{"id", bookings_}, {"charge", {{"id", bookings_}}}}.dump();
    }
    record.was_done = true;
    record.is_forgotten = false;
    return status(200, record.body);
  }
  ParticipantAnswer undo(Record& record) {
    if (record.was_undone && planted_ == Planted::cannot_undo_twice)
      return status(400, R"({"reason":"already undone"})");
    if (!record.was_done && planted_ == Planted::refuses_unknown_undo) return status(400, R"({"reason":"no booking"})");
    record.was_undone = true;
    if (planted_ != Planted::forgets_the_undo) record.effects = 0;
    return status(record.was_done ? 200 : 404, "{}");
  }
  static ParticipantAnswer status(int status, std::string body) {
    ParticipantAnswer answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
  }

  const Planted planted_;
  std::mutex mutex_;
  std::map<std::pair<SagaId, std::size_t>, Record> records_;
  std::int64_t bookings_ = 0;
};

std::vector<Verdict> rehearse_with(Participant::Planted planted, const Json& saga = trip) {
  Participant participants(planted);
  const auto definition = rehearsal_definition(saga, {});
  EXPECT_TRUE(definition);
  const auto count = [&](const Saga& saga, std::size_t i) -> Result<std::optional<std::int64_t>> {
    return std::optional(participants.in_effect(saga.id, i));
  };
  return rehearse(*definition, participants, count, {.input = R"({"guest":"kim"})"});
}

std::vector<std::string> failed(const std::vector<Verdict>& verdicts) {
  std::vector<std::string> names;
  for (const Verdict& verdict : verdicts)
    if (verdict.ruling != Ruling::pass) names.push_back(verdict.name + " - " + verdict.reason);
  return names;
}

TEST(Rehearsal, FindsNothingInParticipantsThatHonourTheirKeys) {
  const auto verdicts = rehearse_with(Participant::Planted::nothing);
  EXPECT_GT(verdicts.size(), 30u);
  EXPECT_EQ(failed(verdicts), std::vector<std::string>{});
}

TEST(Rehearsal, FindsNothingInStandIns) {
  StandIns participants;
  const auto definition = rehearsal_definition(trip, {});
  ASSERT_TRUE(definition) << definition.error().message;
  const auto count = [&](const Saga& saga, std::size_t i) -> Result<std::optional<std::int64_t>> {
    return std::optional(participants.in_effect(saga.id, i));
  };
  EXPECT_EQ(failed(rehearse(*definition, participants, count, {.input = R"({"guest":"kim"})"})),
            std::vector<std::string>{});
}

// A saga whose steps name what a person answers could not be rehearsed: nobody had answered with it.
TEST(Rehearsal, AnswersWaitsWithWhatLaterStepsName) {
  Json saga = trip;
  saga["steps"][3]["call"]["body"] = {{"by", "{approval.by.name}"}, {"all", "{approval}"}, {"no", "{approval.no}"}};
  saga["steps"][5]["call"]["body"] = "{approval.by}";
  EXPECT_EQ(failed(rehearse_with(Participant::Planted::nothing, saga)), std::vector<std::string>{});
}

TEST(WaitAnswers, AreTheGivenOnesAndOthersAreMadeUp) {
  Json saga = trip;
  saga["steps"][5]["call"]["body"] = {{"by", "{approval.by.name}"}, {"limit", "{approval.limit}"}};
  const auto definition = rehearsal_definition(saga, {});
  ASSERT_TRUE(definition);
  EXPECT_EQ(complete_answers(**definition, {})["approval"], R"({"by":{"name":"rehearsed"},"limit":"rehearsed"})");
  const WaitAnswers given{{"approval", R"({"by":{"name":"kim"},"limit":3})"}};
  EXPECT_EQ(complete_answers(**definition, given)["approval"], given.at("approval"));
  EXPECT_TRUE(check_answers(**definition, given));
  const auto reason = [&](const WaitAnswers& wrong) { return check_answers(**definition, wrong).error().message; };
  EXPECT_EQ(reason({{"hotel", "{}"}}), "the saga has no wait 'hotel'");
  EXPECT_EQ(reason({{"approval", "[]"}}), "the answer to 'approval' has to be a JSON object");
  EXPECT_EQ(reason({{"approval", R"({"limit":3})"}}), "the answer to 'approval' lacks {approval.by.name}");
}

TEST(Rehearsal, FindsAParticipantThatBooksTwiceAndShowsTheCalls) {
  const auto verdicts = rehearse_with(Participant::Planted::books_twice);
  EXPECT_THAT(failed(verdicts), Contains(HasSubstr("hotel: answer lost - hotel has 2 in effect")));
  EXPECT_THAT(failed(verdicts), Contains(HasSubstr("hotel: twice at once")));
  for (const Verdict& verdict : verdicts)
    if (verdict.name == "hotel: answer lost") {
      EXPECT_EQ(verdict.witness["requests"].size(), 5u) << verdict.witness.dump(1);
      EXPECT_THAT(verdict.witness["requests"][0].get<std::string>(), HasSubstr("curl -X POST 'http"));
      EXPECT_THAT(verdict.witness.dump(), HasSubstr("Idempotency-Key"));
      EXPECT_THAT(verdict.witness.dump(), HasSubstr("its answer was lost"));
    }
}

// A saga that is done cannot be turned back: the rehearsal turns back before that.
TEST(Rehearsal, RehearsesTheUndoOfALastStepToo) {
  const Json one = Json::parse(R"({"saga": "one", "participants": {"hotel": {"url": "http://hotel"}}, "steps": [
    {"name": "hotel", "call": {"post": "{hotel}/bookings", "body": "{input}"},
     "undo": {"delete": "{hotel}/bookings/{saga.step_key}"}}]})");
  const auto verdicts = rehearse_with(Participant::Planted::nothing, one);
  EXPECT_EQ(verdicts.size(), 16u);
  EXPECT_EQ(failed(verdicts), std::vector<std::string>{});
  EXPECT_THAT(failed(rehearse_with(Participant::Planted::cannot_undo_twice, one)),
              Contains(HasSubstr("undo of hotel: answer lost")));
}

TEST(Rehearsal, FindsAParticipantThatCannotUndoTwice) {
  EXPECT_THAT(failed(rehearse_with(Participant::Planted::cannot_undo_twice)),
              Contains(HasSubstr("undo of hotel: answer lost")));
}

TEST(Rehearsal, FindsAParticipantThatRefusesToUndoWhatItDoesNotKnow) {
  EXPECT_THAT(failed(rehearse_with(Participant::Planted::refuses_unknown_undo)),
              Contains(HasSubstr("hotel: undo first")));
}

// A slow rehearsal cancels the saga only after it has repeated the call.
TEST(RehearsalCaller, ARepetitionDoesNotComeBeforeTheUndoThatIsToBeFirst) {
  const auto definition = rehearsal_definition(trip, {});
  ASSERT_TRUE(definition) << definition.error().message;
  StandIns participants;
  RehearsalCaller caller(**definition, {0, Direction::action, TrialFault::undo_first}, participants);
  ParticipantCall call;
  call.definition = *definition;
  call.method = "POST";
  call.url = "http://hotel/bookings";
  call.call.execution = 1;
  for (int repeat = 0; repeat < 3; ++repeat)
    caller.call(call, [](const ParticipantAnswer& answer) { EXPECT_EQ(answer.status, 0); });
  EXPECT_TRUE(caller.wants_cancel());
  for (const SeenCall& seen : caller.seen()) EXPECT_FALSE(seen.reached_participant);
  caller.deliver_late();
  EXPECT_EQ(caller.seen().size(), 4u);
  EXPECT_TRUE(caller.seen().back().reached_participant) << "the first, and once";
}

// Answers when the test says so.
class LateParticipant : public ParticipantCaller {
 public:
  void call(ParticipantCall, std::function<void(ParticipantAnswer)> done) override { done_ = std::move(done); }
  void withdraw(SagaId) override {}
  void set_guard(std::function<bool()>) override {}
  void answer() { done_({}); }

 private:
  std::function<void(ParticipantAnswer)> done_;
};

TEST(RehearsalCaller, IsThereUntilItsCallsAreAnswered) {
  const auto definition = rehearsal_definition(trip, {});
  ASSERT_TRUE(definition) << definition.error().message;
  LateParticipant participant;
  const Trial trial{0, Direction::action, TrialFault::none};
  auto caller = std::make_unique<RehearsalCaller>(**definition, trial, participant);
  std::atomic<bool> is_answered = false;
  ParticipantCall call;
  call.definition = *definition;
  caller->call(call, [&](const ParticipantAnswer&) { is_answered = true; });
  const std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // so that the caller is being destroyed
    participant.answer();
  });
  caller.reset();
  EXPECT_TRUE(is_answered);
}

TEST(Rehearsal, FindsAParticipantThatDoesAfterTheUndo) {
  const auto names = failed(rehearse_with(Participant::Planted::does_after_undo));
  EXPECT_THAT(names, Contains(HasSubstr("hotel: undo first")));
  EXPECT_THAT(names, Contains(HasSubstr("hotel: repeated after the undo")));
}

// One that can be asked is asked after that time, and called again when it does not know.
TEST(Rehearsal, FindsAParticipantThatForgetsItsKeyAndDisturbsNoOtherTrialByItsClock) {
  Json saga = trip;
  for (const char* name : {"hotel", "payment"})
    saga["participants"][name]["advance"] = {{"post", std::string("{") + name + "}/clock"},
                                             {"body", {{"seconds", "{rehearsal.seconds}"}}}};
  EXPECT_EQ(failed(rehearse_with(Participant::Planted::nothing, saga)), std::vector<std::string>{});
  EXPECT_THAT(failed(rehearse_with(Participant::Planted::forgets_its_key, saga)),
              ElementsAre(HasSubstr("hotel: repeated after an hour - hotel has 2 in effect"),
                          HasSubstr("payment: repeated after an hour - payment has 2 in effect")));
}

TEST(Rehearsal, FindsAnUndoWithoutEffect) {
  EXPECT_THAT(failed(rehearse_with(Participant::Planted::forgets_the_undo)),
              Contains(HasSubstr("undo of flight: 500 twice")));
}

TEST(Rehearsal, EndsWithOneVerdictWhenTheSagaFailsWithoutAFault) {
  const auto verdicts = rehearse_with(Participant::Planted::is_unavailable);
  ASSERT_EQ(verdicts.size(), 1u);
  EXPECT_EQ(verdicts[0].name, "without a fault");
  EXPECT_EQ(verdicts[0].ruling, Ruling::fail);
}

TEST(Rehearsal, OfASagaThatCallsNobodyRunsItOnce) {
  const auto definition =
      rehearsal_definition(Json::parse(R"({"saga":"nap","steps":[{"name":"nap","sleep":"1h"}]})"), {});
  ASSERT_TRUE(definition);
  StandIns participants;
  const auto count = [](const Saga&, std::size_t) -> Result<std::optional<std::int64_t>> {
    return std::optional<std::int64_t>();
  };
  const auto verdicts = rehearse(*definition, participants, count, {});
  ASSERT_EQ(verdicts.size(), 1u);
  EXPECT_EQ(verdicts[0].ruling, Ruling::pass) << verdicts[0].reason;
}

std::vector<Verdict> rehearse_blindly(Participant::Planted planted) {
  Participant participants(planted);
  const auto definition = rehearsal_definition(trip, {});
  const auto count = [](const Saga&, std::size_t) -> Result<std::optional<std::int64_t>> {
    return std::optional<std::int64_t>();
  };
  return rehearse(*definition, participants, count, {.input = R"({"guest":"kim"})"});
}

TEST(Rehearsal, SaysWhatItCannotSeeWithoutAProbe) {
  const auto names = failed(rehearse_blindly(Participant::Planted::does_after_undo));
  EXPECT_THAT(names, Contains("flight: repeated after the undo - the saga is compensated, but air answered 200 to a "
                              "call after its undo: whether that had an effect of its own, only a `probe` would show"));
  EXPECT_THAT(names, Contains(HasSubstr("hotel: repeated after the undo - hotel answered one key with")));
}

// One that acts twice under one key and answers the same looks like one that acts once.
TEST(Rehearsal, DoesNotPassARepeatedCallWhoseEffectItCannotCount) {
  for (const Verdict& verdict : rehearse_blindly(Participant::Planted::nothing)) {
    const bool is_repeated = verdict.name == "flight: answer lost" || verdict.name == "flight: twice at once" ||
                             verdict.name == "undo of flight: answer lost";
    const bool is_single = verdict.name == "flight: refused" || verdict.name == "flight: 500 twice" ||
                           verdict.name == "payment: answer lost";  // which is asked, and not called again
    if (is_repeated) {
      EXPECT_EQ(verdict.ruling, Ruling::unknown) << verdict.name << ": " << verdict.reason;
      EXPECT_THAT(verdict.reason, HasSubstr("air answered 200 to a repeated "));
    }
    if (is_single) {
      EXPECT_EQ(verdict.ruling, Ruling::pass) << verdict.name << ": " << verdict.reason;
    }
  }
}

TEST(Rehearsal, RefusesAnAddressForAParticipantThatTheDefinitionDoesNotHave) {
  const auto definition = rehearsal_definition(trip, {{"hotle", "http://localhost"}});
  ASSERT_FALSE(definition);
  EXPECT_THAT(definition.error().message, HasSubstr("hotle"));
}

}  // namespace
}  // namespace sagactl
