#include "common/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace sagactl {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class Log : public testing::Test {
 protected:
  Log() {
    set_log_sink([this](std::string_view line) { lines.emplace_back(line); });
  }
  ~Log() override {
    set_log_sink({});
    set_log_level(LogLevel::info);
  }
  std::vector<std::string> lines;
};

TEST_F(Log, WritesOneLinePerEventWithItsFields) {
  log_info("node started", {{"node", "node-1"}, {"port", 3000}, {"embedded", true}});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], EndsWith(" level=info event=\"node started\" node=node-1 port=3000 embedded=true"));
}

TEST_F(Log, KeepsAValueFromForgingALineOrAField) {
  log_info("x", {{"path", "/a\nlevel=error \x1b[31m \"q\""}});
  EXPECT_THAT(lines[0], EndsWith(R"(path="/a\nlevel=error \x1b[31m \"q\"")"));
}

TEST_F(Log, NeverShowsASecret) {
  log_info("x", {{"accessToken", "eyJhbGciOi"}, {"PASSWORD", "hunter2"}});
  EXPECT_THAT(lines[0], Not(HasSubstr("eyJ")));
  EXPECT_THAT(lines[0], Not(HasSubstr("hunter2")));
}

TEST_F(Log, DropsEventsLessSevereThanTheLevel) {
  log_debug("quiet");
  set_log_level(LogLevel::error);
  log_warn("quiet too");
  EXPECT_TRUE(lines.empty());
}

TEST_F(Log, LimitsTheRepeatsOfOneErrorAndOfNoOther) {
  for (int i = 0; i < 1000; ++i) log_error("database unavailable: limited", {{"attempt", i}});
  log_error("another thing: bounded");
  EXPECT_EQ(lines.size(), static_cast<std::size_t>(log_repeats_max) + 1);
  EXPECT_THAT(lines.back(), HasSubstr("another thing"));
}

TEST_F(Log, CutsAValueThatIsTooLong) {
  log_info("x", {{"body", std::string(1'000'000, 'x')}});
  EXPECT_LT(lines[0].size(), 4096u);
}

}  // namespace
}  // namespace sagactl
