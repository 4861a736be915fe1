// The participants of `sagactl serve --demo-participants`.
#include "server/adapters/simulated/demo_participants.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl {
namespace {

class ADemoParticipant : public testing::Test {
 protected:
  ParticipantAnswer answer(const std::string& body, Direction direction = Direction::action, bool is_question = false) {
    ParticipantCall call;
    call.call.saga = saga;
    call.call.direction = direction;
    call.is_question = is_question;
    call.definition = definition;
    call.url = "http://hotel/bookings";
    call.body = body;
    std::optional<ParticipantAnswer> answer;
    participants->call(call, [&](ParticipantAnswer given) { answer = std::move(given); });
    EXPECT_FALSE(answer) << "it takes its time";
    clock.advance(200ms);
    return answer.value();
  }

  SimulatedClock clock;
  const std::unique_ptr<ParticipantCaller> participants = make_demo_participants(clock, 7);
  const SagaId saga = SagaId::fresh();
  const DefinitionPointer definition =
      compile_definition(R"({"saga":"trip","participants":{"hotel":{"url":"http://hotel"}},
    "steps":[{"name":"hotel","call":{"post":"{hotel}/bookings"},"keep":{"id":"/made/id"},
              "undo":{"delete":"{hotel}/bookings"}}]})",
                         1)
          .value();
};

TEST_F(ADemoParticipant, DoesWhatItIsAskedAndBringsWhatTheStepKeeps) {
  const ParticipantAnswer done = answer("{}");
  EXPECT_EQ(done.status, 200);
  EXPECT_NE(done.body.find(R"("made":{"id":)"), std::string::npos) << done.body;
  EXPECT_EQ(answer("{}").body, done.body) << "a repeat";
  EXPECT_EQ(answer("", Direction::compensation).status, 200);
  EXPECT_EQ(answer("{}").status, 409) << "it was undone";
}

TEST_F(ADemoParticipant, RefusesWhatTheInputAsksItToRefuse) {
  EXPECT_EQ(answer(R"({"guest":"kim, refuse-hotel please"})").status, 409);
  EXPECT_EQ(answer(R"({"guest":"refuse-flight"})").status, 200);
}

TEST_F(ADemoParticipant, LosesTheFirstAnswerWhenTheInputAsksForIt) {
  const ParticipantAnswer lost = answer("lose-hotel");
  EXPECT_EQ(lost.status, 0);
  EXPECT_TRUE(lost.was_sent);
  EXPECT_EQ(answer("", Direction::action, true).status, 200) << "it was done";
  EXPECT_EQ(answer("lose-hotel").status, 200) << "the repeat is answered";
}

}  // namespace
}  // namespace sagactl
