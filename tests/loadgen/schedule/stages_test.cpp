#include "loadgen/schedule/stages.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sagactl {
namespace {

std::vector<Stage> stages(std::string_view text) {
  auto parsed = parse_stages(text);
  EXPECT_TRUE(parsed.ok()) << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : std::vector<Stage>{};
}

std::ptrdiff_t sent_between(const std::vector<Nanoseconds>& plan, double from_s, double to_s) {
  return std::count_if(plan.begin(), plan.end(), [&](Nanoseconds at) {
    return static_cast<double>(at.count()) >= from_s * 1e9 && static_cast<double>(at.count()) < to_s * 1e9;
  });
}

TEST(Stages, AreParsed) {
  EXPECT_EQ(stages("ramp 0..500/s 30s, 500/s 2m"), (std::vector<Stage>{{0, 500, 30s}, {500, 500, 2min}}));
  EXPECT_EQ(stages(" 600/m  1s "), (std::vector<Stage>{{10, 10, 1s}}));
  EXPECT_EQ(stages("0/s 5s, 1/s 1s").front(), (Stage{0, 0, 5s})) << "a pause is a stage";
}

TEST(Stages, NamesTheWrongStage) {
  for (const char* text :
       {"", "500/s", "ramp 500/s 3s", "1..2/s 3s", "x/s 3s", "5/s 0s", "5/s soon", "5/s 1s,", "0/s 9s", "-1/s 3s"}) {
    const auto parsed = parse_stages(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid);
    EXPECT_NE(parsed.error().message.find("ramp 0..500/s 30s"), std::string::npos) << parsed.error().message;
  }
}

TEST(Stages, SendAsManyAsTheirAreaAndInOrder) {
  const auto plan = plan_stages(stages("ramp 0..100/s 2s, 100/s 1s, 0/s 1s, ramp 100..0/s 2s"), false, 1);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->size(), 300u);
  EXPECT_TRUE(std::is_sorted(plan->begin(), plan->end()));
  EXPECT_NEAR(static_cast<double>(sent_between(*plan, 0, 1)), 25, 1);
  EXPECT_NEAR(static_cast<double>(sent_between(*plan, 1, 2)), 75, 1);
  EXPECT_NEAR(static_cast<double>(sent_between(*plan, 2, 3)), 100, 1);
  EXPECT_EQ(sent_between(*plan, 3.001, 4), 0);
  EXPECT_NEAR(static_cast<double>(sent_between(*plan, 4, 5)), 75, 1);
}

TEST(Stages, PoissonKeepsTheAverageOfEachStageAndTheSeedDecides) {
  const auto wanted = stages("ramp 0..2000/s 5s, 2000/s 5s");
  const auto one = plan_stages(wanted, true, 7), same = plan_stages(wanted, true, 7);
  ASSERT_TRUE(one.ok() && same.ok());
  EXPECT_EQ(*one, *same);
  EXPECT_NE(*one, *plan_stages(wanted, true, 8));
  EXPECT_NEAR(static_cast<double>(sent_between(*one, 0, 5)), 5000, 300);
  EXPECT_NEAR(static_cast<double>(sent_between(*one, 5, 10)), 10'000, 400);
  EXPECT_TRUE(std::is_sorted(one->begin(), one->end()));
}

}  // namespace
}  // namespace sagactl
