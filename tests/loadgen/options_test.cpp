#include "loadgen/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace sagactl {
namespace {

LoadOptions good() {
  LoadOptions options;
  options.targets = {"http://127.0.0.1:3000"};
  return options;
}

TEST(LoadOptions, PassWithTargetsAlone) {
  const auto checked = check(good());
  EXPECT_TRUE(checked.ok()) << checked.error().message;
}

TEST(LoadOptions, AreRefusedWithTheFlagThatIsWrong) {
  struct Row {
    const char* in_message;
    std::function<void(LoadOptions&)> spoil;
  };
  const Row rows[] = {
      {"give --url", [](LoadOptions& o) { o.targets.clear(); }},
      {"leave out --proxy",
       [](LoadOptions& o) {
         o.targets = {"unix:///run/app.sock"};
         o.connect.proxy = *parse_proxy("proxy:3128");
       }},
      {"64 targets", [](LoadOptions& o) { o.targets.assign(65, "http://a"); }},
      {"id of a run", [](LoadOptions& o) { o.run = "Run"; }},
      {"id of a run", [](LoadOptions& o) { o.run = std::string(17, 'a'); }},
      {"token", [](LoadOptions& o) { o.token = "a\r\nb"; }},
      {"not both", [](LoadOptions& o) { o.orders = 1, o.duration = 1s; }},
      {"one of them", [](LoadOptions& o) { o.rate = 1, o.concurrency = 1; }},
      {"--orders", [](LoadOptions& o) { o.orders = 0; }},
      {"--orders", [](LoadOptions& o) { o.orders = schedule_max + 1; }},
      {"--duration", [](LoadOptions& o) { o.duration = 0s; }},
      {"--rate", [](LoadOptions& o) { o.rate = 0; }},
      {"--rate", [](LoadOptions& o) { o.rate = 1e7; }},
      {"needs --rate", [](LoadOptions& o) { o.arrival = ArrivalKind::poisson; }},
      {"lower --rate or --duration", [](LoadOptions& o) { o.rate = 1e6, o.duration = 1h; }},
      {"--concurrency", [](LoadOptions& o) { o.concurrency = 0; }},
      {"--fail-share", [](LoadOptions& o) { o.fail_share = 1.5; }},
      {"--items", [](LoadOptions& o) { o.items = 51; }},
      {"has one item, as create.path has a field of its item: leave out --items",
       [](LoadOptions& o) { o.items = 2, o.profile.path = "/p/{product}/orders"; }},
      {"create.body has no {items}: leave out --items",
       [](LoadOptions& o) { o.items = 2, o.profile.body = R"({"sku":"{product}"})"; }},
      {"--users", [](LoadOptions& o) { o.users = 0; }},
      {"--products", [](LoadOptions& o) { o.products = 0; }},
      {"--duplicates", [](LoadOptions& o) { o.duplicates = 1; }},
      {"--duplicates", [](LoadOptions& o) { o.scenario = ScenarioKind::individual, o.duplicates = 2; }},
      {"--products", [](LoadOptions& o) { o.scenario = ScenarioKind::individual, o.orders = 9, o.products = 2; }},
      {"--warmup", [](LoadOptions& o) { o.warmup = -1s; }},
      {"--timeout", [](LoadOptions& o) { o.timeout = 0s; }},
      {"--workers", [](LoadOptions& o) { o.workers = 65; }},
      {"--connections", [](LoadOptions& o) { o.connections = 10'001; }},
      {"--backlog", [](LoadOptions& o) { o.backlog_max = 0; }},
  };
  for (const Row& row : rows) {
    LoadOptions options = good();
    row.spoil(options);
    const auto checked = check(options);
    ASSERT_FALSE(checked.ok()) << row.in_message;
    EXPECT_EQ(checked.error().code, ErrorCode::invalid);
    EXPECT_NE(checked.error().message.find(row.in_message), std::string::npos) << checked.error().message;
  }
}

TEST(LoadOptions, ThatAreWrongAreAllReportedAtOnce) {
  LoadOptions options = good();
  options.rate = 0;
  options.concurrency = 1;
  options.users = 0;
  options.timeout = 0s;
  options.profile.path = "buy";
  const std::string said = check(options).error().message;
  for (const char* part : {"--rate must be above 0", "--concurrency a closed one", "--users 0 is out of range",
                           "--timeout is out of range", "path"})
    EXPECT_NE(said.find(part), std::string::npos) << part << " is missing in:\n" << said;
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 4) << said;
}

TEST(LoadOptions, NamesAreReadBack) {
  for (const auto kind : {ScenarioKind::duplicate, ScenarioKind::individual, ScenarioKind::mixed, ScenarioKind::all}) {
    EXPECT_EQ(parse_scenario(to_string(kind)), kind);
  }
  for (const auto pacing : {Pacing::automatic, Pacing::spin, Pacing::sleep}) {
    EXPECT_EQ(parse_pacing(to_string(pacing)), pacing);
  }
  EXPECT_EQ(parse_scenario("chaos"), std::nullopt);
  EXPECT_EQ(parse_pacing("busy"), std::nullopt);
}

}  // namespace
}  // namespace sagactl
