#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/loadtest/progress.hpp"
#include "tests/loadgen/command/quiet_invocation.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

LoadProgress halfway() {
  LoadProgress progress;
  progress.phase = "mixed";
  progress.sent = 10'240;
  progress.accepted = 7'000;
  progress.duplicates = 3'200;
  progress.errors = 40;
  progress.rate = 498;
  progress.rate_planned = 500;
  progress.response_p50 = 3ms;
  progress.response_p99 = 12ms;
  progress.elapsed = 20s;
  progress.left = 20s;
  progress.answered = {300, 100};
  return progress;
}

TEST(LiveView, ShowsTheRateTheOrdersTheLatencyTheSagasTheNodesAndTheTimeLeft) {
  const auto lines = live_view(halfway(), {{"http://a:1", "http://a:2"}, 212});
  EXPECT_THAT(lines, ElementsAre(HasSubstr("mixed  [###############...............] 50 %  20.00 s, 20.00 s left"),
                                 HasSubstr("498/s sent of 500/s planned"),
                                 HasSubstr("10,240 sent, 7,000 accepted, 3,200 duplicates, 40 errors"),
                                 HasSubstr("p50 3.00 ms, p99 12.00 ms"), HasSubstr("212 active"),
                                 HasSubstr("http://a:1 75.0 %   http://a:2 25.0 %")));
}

TEST(LiveView, LeavesOutWhatIsNotKnown) {
  LoadProgress progress = halfway();
  progress.rate_planned.reset();
  progress.left.reset();
  const auto lines = live_view(progress, {{"http://a:1"}, std::nullopt});
  for (const std::string& line : lines) EXPECT_THAT(line, Not(testing::ContainsRegex("planned|under way|nodes|left")));
}

class ProgressDisplayTest : public QuietInvocation {
 protected:
  explicit ProgressDisplayTest(bool tty = true) { terminal_.err_is_tty = tty; }
};

TEST_F(ProgressDisplayTest, OnATerminalIsWrittenOverInPlaceAndTakenAwayAtTheEnd) {
  ProgressDisplay line(invocation_);
  line.show(halfway(), {{"http://a:1", "http://a:2"}, 212});
  const std::string first = err_.str();
  EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), 5) << "six lines, the cursor in the last";
  EXPECT_THAT(first, Not(HasSubstr("\x1b[2J"))) << "nothing is cleared first, so nothing flickers";
  err_.str("");
  line.show(halfway(), {{"http://a:1", "http://a:2"}, 212});
  EXPECT_TRUE(err_.str().starts_with("\r\x1b[5A"));
  err_.str("");
  line.show("drain", "3 sagas");
  EXPECT_EQ(err_.str(), "\r\x1b[5Adrain: 3 sagas\x1b[K\x1b[J");
  err_.str("");
  line.end();
  EXPECT_EQ(err_.str(), "\r\x1b[J");
  err_.str("");
  line.end();
  EXPECT_EQ(err_.str(), "") << "once is enough";
}

TEST_F(ProgressDisplayTest, ElsewhereIsAPlainLineNowAndThen) {
  terminal_.err_is_tty = false;
  ProgressDisplay line(invocation_);
  for (int i = 0; i < 3; ++i) line.show(halfway(), {{"http://a:1"}, 7});
  line.show("drain", "3 sagas");
  line.end();
  const std::string text = err_.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << "the phase's first, and the next phase's";
  EXPECT_THAT(text, HasSubstr("p99 12.00 ms, 7 sagas active, 20.00 s left"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(ProgressDisplayTest, QuietSaysNothing) {
  invocation_.settings.quiet = true;
  ProgressDisplay line(invocation_);
  line.show(halfway(), {});
  line.show("drain", "x");
  line.end();
  EXPECT_EQ(err_.str(), "");
}

}  // namespace
}  // namespace sagactl
