// What a step keeps of a body that says that it is done.
#include <gtest/gtest.h>

#include "server/participants/calls/participant_request.hpp"

namespace sagactl {
namespace {

const ParticipantStep hotel = [] {
  ParticipantStep step;
  step.keep = {{"booking", "/id"}, {"room", "/rooms/0"}};
  return step;
}();

TEST(KeptValues, AreReadByTheirPointersWithTheirTypes) {
  EXPECT_EQ(kept_of(hotel, R"({"id":17,"rooms":["A",2]})").value(), R"({"booking":17,"room":"A"})");
  EXPECT_EQ(kept_of(ParticipantStep{}, "no JSON").value(), "") << "it keeps nothing";
}

TEST(KeptValues, ThatAreMissingAreNamed) {
  EXPECT_EQ(kept_of(hotel, R"({"id":17,"rooms":[]})").error().message, "its answer has no /rooms/0");
  EXPECT_EQ(kept_of(hotel, "").error().message, "its answer is no JSON, so it has no /id");
}

}  // namespace
}  // namespace sagactl
