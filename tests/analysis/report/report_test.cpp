// Compares reports with the golden files in tests/analysis/report/golden. To write these: SAGACTL_WRITE_GOLDEN=1
// test_analysis.
#include "analysis/report/report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "analysis/report/latency_charts.hpp"
#include "analysis/report/report_agents.hpp"
#include "analysis/report/report_faults.hpp"
#include "analysis/result/comparison.hpp"
#include "analysis/result/result.hpp"
#include "analysis/result/run_end.hpp"
#include "analysis/verify.hpp"
#include "common/text/text.hpp"
#include "tests/analysis/sample_run.hpp"

namespace sagactl {
namespace {

const ResultOrigin origin{
    .command = "sagactl loadtest mixed --rate 200/s --seed 7",
    .version = "1.2.3",
    .machine = {.host = "tester", .system = "Linux 6.1", .processor = "A Processor", .cores = 2, .memory_mb = 4096},
    .ledger_path = "run.ledger",
    .database = "sagactl.db"};

struct Made {
  SampleRun run;
  ExamineOptions options;
  Examination examination;

  explicit Made(SampleRun sample) : run(std::move(sample)) {
    options.check.drained = true;
    options.run = run.load.ledger.run;
    options.ledger = &run.load.ledger;
    const auto history = run.world.history();
    examination = examine(*history, options).value();
  }
  Json loadtest() const {
    std::vector<ThresholdResult> thresholds;
    for (const char* text : {"p99<50ms", "errors<1%", "throughput>100000/s", "saga-p99<2s"})
      thresholds.push_back(evaluate(parse_threshold(text).value(), measured_by(run.load, &examination)));
    return loadtest_json(origin, run.load, &examination, examination.verdicts, thresholds);
  }
};

// A run with one verdict of each kind.
Made faulty() {
  SampleRun run = sample_run();
  run.entry(OrderKind::single, RequestOutcome::accepted).claimed_total = Money{1};
  NodeInfo idle = run.world.nodes.front();
  idle.name = "node-4";
  idle.url = "http://127.0.0.1/node-4";
  idle.last_sequence = idle.published = 0;
  run.world.nodes.push_back(idle);
  run.load.ledger.targets.push_back(idle.url);
  return Made(std::move(run));
}

void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(SAGACTL_SOURCE_DIR) / "tests/analysis/report/golden" / name;
  if (std::getenv("SAGACTL_WRITE_GOLDEN")) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, golden) << "differs from " << path;
}

TEST(Report, TheTextOfALoadTestIsGolden) {
  expect_golden("loadtest.txt", text_report(faulty().loadtest()));
}

TEST(Report, TheJsonOfALoadTestIsGolden) {
  expect_golden("loadtest.json", faulty().loadtest().dump(1) + "\n");
}

TEST(Report, TheJUnitOfALoadTestIsGolden) {
  expect_golden("loadtest.xml", junit_report(faulty().loadtest()));
}

TEST(Report, TheTextOfAnAnalysisIsGolden) {
  SampleRun run = sample_run();
  run.world.place({.product = "STUCK"});
  run.world.pass(90s);
  run.world.settle_claims();
  run.world.number_events();
  const ExamineOptions options;
  const auto history = run.world.history();
  const Examination examination = examine(*history, options).value();
  expect_golden("analysis.txt", text_report(analysis_json(origin, examination, options)));
}

TEST(Report, TheTextOfAVerificationIsGolden) {
  const Made made = faulty();
  expect_golden("verify.txt", text_report(verify_json(origin, made.examination.verdicts, made.examination.taken_at),
                                          {.colours = true}));
}

TEST(Report, ThePercentileFileIsGolden) {
  expect_golden("latency.hgrm", hgrm(sample_run().load.response));
}

TEST(Report, TheComparisonOfTwoRunsIsGolden) {
  const Made before(sample_run({.seed = 8}));
  const std::vector<Json> one = {before.loadtest()}, other = {faulty().loadtest()};
  const auto comparison = compare_runs(one, other);
  ASSERT_TRUE(comparison);
  expect_golden("compare.txt", compare_text(*comparison));
}

TEST(Result, HasEveryMemberOfTheContract) {
  const Json result = Made(sample_run()).loadtest();
  for (const char* member :
       {"run", "scenario", "seed", "startedAt", "endedAt", "requests", "sagas", "throughput", "latency", "sagaLatency",
        "generator", "distribution", "groups", "verdicts", "verdict", "thresholds"})
    EXPECT_TRUE(result.contains(member)) << member;
  const std::pair<const char*, std::vector<const char*>> members[] = {
      {"requests", {"sent", "succeeded", "duplicates", "rejected", "failed", "transportErrors"}},
      {"sagas", {"started", "completed", "compensated", "failed", "unfinished"}},
      {"throughput", {"acceptedPerSecond", "completedPerSecond"}},
      {"latency", {"p50", "p90", "p99", "p999", "max"}},
      {"sagaLatency", {"p50", "p90", "p99", "p999", "max"}},
      {"generator", {"lateness", "skipped", "connections"}},
  };
  for (const auto& [object, names] : members)
    for (const char* name : names) EXPECT_TRUE(result[object].contains(name)) << object << "." << name;
  for (const char* name : {"node", "orders", "sagas", "steps", "share"})
    EXPECT_TRUE(result["distribution"][0].contains(name)) << name;
  for (const char* name : {"name", "verdict", "reason", "witness"})
    EXPECT_TRUE(result["verdicts"][0].contains(name)) << name;
}

TEST(Result, HasNoMemberThatTheSchemaDoesNotDescribe) {
  const Json schema = Json::parse(loadtest_schema());
  const Json result = faulty().loadtest();
  for (const auto& [name, value] : result.items()) EXPECT_TRUE(schema["properties"].contains(name)) << name;
  for (const Json& name : schema["required"]) EXPECT_TRUE(result.contains(name.get<std::string>())) << name;
}

TEST(Result, SurvivesBeingSavedAndLoaded) {
  const std::string path = testing::TempDir() + "result-test.json";
  const Json result = faulty().loadtest();
  ASSERT_TRUE(save_result(result, path));
  const auto loaded = load_result(path);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(text_report(*loaded), text_report(result));
  EXPECT_EQ(html_report(*loaded), html_report(result));
  std::filesystem::remove(path);
}

TEST(Result, SaysWhatIsWrongWithAFileThatIsNotAResult) {
  const std::string path = testing::TempDir() + "result-none.json";
  const std::pair<const char*, ErrorCode> table[] = {{"not json", ErrorCode::invalid},
                                                     {"{}", ErrorCode::invalid},
                                                     {R"({"kind":"loadtest","format":2})", ErrorCode::invalid}};
  for (const auto& [text, code] : table) {
    std::ofstream(path, std::ios::trunc) << text;
    EXPECT_EQ(load_result(path).error().code, code) << text;
  }
  std::filesystem::remove(path);
  EXPECT_EQ(load_result(path).error().code, ErrorCode::invalid);
}

TEST(Summary, CountsTheRequestsOfAllStepsOfJourneys) {
  const auto step = [](const char* name, bool creates, int sent, int unexpected) {
    return Json{{"step", name},
                {"creates", creates},
                {"sent", sent},
                {"unexpected", unexpected},
                {"serviceLatency", Json{{"p99", 7.0}, {"samples", sent}}}};
  };
  const Json result{
      {"kind", "loadtest"},
      {"ratedMs", 10'000},
      {"requests", Json{{"sent", 20}, {"succeeded", 15}, {"refusedAsAsked", 4}, {"rejected", 1}}},
      {"serviceLatency", Json{{"p99", 7.0}, {"samples", 20}}},
      {"thresholds", Json::array({Json{{"threshold", "errors<10%"}, {"verdict", "PASS"}},
                                  Json{{"threshold", "p99<1s"}, {"verdict", "PASS"}}})},
      {"journeys", Json{{"latency", Json{{"p99", 11.0}, {"samples", 35}}},
                        {"serviceLatency", Json{{"p99", 9.0}, {"samples", 35}}},
                        {"steps", Json::array({step("create", true, 20, 0), step("pay", false, 15, 3)})}}}};
  const Json metrics = Json::parse(summary_report(result))["metrics"];
  EXPECT_EQ(metrics["http_reqs"]["values"]["count"], 35);
  EXPECT_EQ(metrics["http_req_failed"]["values"]["passes"], 4) << "without those that were refused as asked";
  EXPECT_EQ(metrics["http_req_failed"]["values"]["fails"], 31);
  EXPECT_EQ(metrics["http_reqs{name:pay}"]["values"]["count"], 15);
  EXPECT_EQ(metrics["http_reqs{name:create}"]["values"]["count"], 20);
  EXPECT_EQ(metrics["http_req_failed{name:pay}"]["values"]["passes"], 3);
  EXPECT_EQ(metrics["http_req_duration{name:pay}"]["values"]["p(99)"], 7.0);
  EXPECT_EQ(metrics["http_req_duration"]["values"]["p(99)"], 9.0);
  EXPECT_EQ(metrics["http_req_duration"]["values"]["count"], 35);
  EXPECT_EQ(metrics["http_req_duration_from_plan"]["values"]["p(99)"], 11.0);
  EXPECT_FALSE(metrics["http_req_duration_from_plan"].contains("thresholds")) << "nor are latencies of all steps";
  EXPECT_TRUE(metrics["http_req_duration_from_plan{name:create}"]["thresholds"].contains("p99<1s"));
  EXPECT_FALSE(metrics["http_req_failed"].contains("thresholds")) << "errors are those of the step that creates";
  EXPECT_EQ(metrics["http_req_failed{name:create}"]["values"]["passes"], 1);
  EXPECT_TRUE(metrics["http_req_failed{name:create}"]["thresholds"].contains("errors<10%"));
}

TEST(Agents, OfARunWithRepeatedOrRefusedRequestsAreListedWithTheirs) {
  Json result{{"kind", "loadtest"},
              {"requests", Json{{"sent", 20}, {"succeeded", 11}, {"repeated", 0}, {"refusedAsAsked", 0}}},
              {"agents", Json::array({Json{{"agent", "load-1:9443"},
                                           {"requests", Json{{"sent", 20}, {"succeeded", 11}, {"repeated", 7}}}}})}};
  EXPECT_EQ(agents_section(result).find("repeated"), std::string::npos);
  result["requests"]["repeated"] = 7;
  EXPECT_NE(agents_section(result).find("repeated"), std::string::npos);
  EXPECT_EQ(agents_section(result).find("refused"), std::string::npos);
  result["requests"]["refusedAsAsked"] = 2;
  EXPECT_NE(agents_section(result).find("refused as asked"), std::string::npos);
}

TEST(Report, IsCreatedFromAnEmptyResult) {
  const Json nothing = Json{{"kind", "loadtest"}, {"latency", 7}, {"distribution", Json::array({1})}, {"groups", "x"}};
  EXPECT_NE(text_report(nothing).find("Verdicts"), std::string::npos);
  EXPECT_NE(junit_report(nothing).find("<testsuite "), std::string::npos);
  EXPECT_NE(markdown_report(nothing).find("### sagactl loadtest"), std::string::npos);
  EXPECT_TRUE(Json::parse(summary_report(nothing)).contains("metrics"));
  EXPECT_NE(html_report(nothing).find("</html>"), std::string::npos);
}

TEST(HtmlReport, KeepsTextFromBecomingMarkup) {
  Json result = Made(sample_run()).loadtest();
  result["command"] = "</script><script>alert(1)</script><!-- \xFF";
  const std::string page = html_report(result);
  EXPECT_EQ(page.find("alert(1)</script>"), std::string::npos);
  EXPECT_NE(page.find("\\u003c/script>\\u003cscript>alert(1)"), std::string::npos);
  // The data can still be read out of the page.
  const std::string begin = "<script type=\"application/json\" id=\"result\">";
  const std::size_t from = page.find(begin) + begin.size(), to = page.find("</script>", from);
  EXPECT_EQ(Json::parse(page.substr(from, to - from))["run"], "sample01");
}

TEST(HtmlReport, IsSelfContained) {
  const std::string page = html_report(Json{{"kind", "verify"}});
  for (const char* reference : {"src=", "href=", "@import", "url(", "fetch(", "innerHTML"})
    EXPECT_EQ(page.find(reference), std::string::npos) << reference;
}

TEST(HtmlReport, ExplainsEveryVerdict) {
  const std::string page = html_report(Json{{"kind", "verify"}});
  std::vector<std::string_view> names(verdict_names().begin(), verdict_names().end());
  names.insert(names.end(),
               {"errors-had-no-effect", "orders-end-as-asked", "rows-were-read", "load-was-sent", "answers-were-read",
                "every-agent-finished", "journeys-go-as-described", "faults-were-done", "servers-were-verified"});
  for (const std::string_view name : names)
    EXPECT_NE(page.find(fmt::format("  '{}': '", name)), std::string::npos) << name;
}

TEST(JUnitReport, EscapesWhatXmlReserves) {
  const Json result{{"kind", "verify"},
                    {"verdicts", Json::array({Json{{"name", "a<b>&\"c\""},
                                                   {"verdict", "FAIL"},
                                                   {"reason", "one\ntwo\x01"},
                                                   {"witness", nullptr},
                                                   {"counted", true}}})}};
  const std::string xml = junit_report(result);
  EXPECT_NE(xml.find("name=\"a&lt;b&gt;&amp;&quot;c&quot;\""), std::string::npos) << xml;
  EXPECT_NE(xml.find("message=\"one&#10;two \""), std::string::npos) << xml;
}

TEST(Report, TheMarkdownOfALoadTestIsGolden) {
  expect_golden("loadtest.md", markdown_report(faulty().loadtest()));
}

TEST(Report, TheSummaryOfALoadTestIsGolden) {
  expect_golden("loadtest.summary.json", summary_report(faulty().loadtest()));
}

TEST(MarkdownReport, KeepsTextFromBecomingMarkup) {
  const Json result{{"kind", "verify"},
                    {"verdict", "FAIL"},
                    {"verdicts", Json::array({Json{{"name", "no-lost-order"},
                                                   {"verdict", "FAIL"},
                                                   {"reason", "a | b <img src=x> [c](http://d) `e` @all\n# f"},
                                                   {"witness", Json{{"why", Json::array({"```\nx"})}}},
                                                   {"counted", true}}})}};
  const std::string text = markdown_report(result);
  EXPECT_NE(text.find("a \\| b \\<img src=x\\> \\[c\\](http://d) \\`e\\` \\@all"), std::string::npos) << text;
  EXPECT_EQ(text.find("\n# f"), std::string::npos);
  std::size_t fenced = 0;
  for (std::size_t at = 0; (at = text.find("\n```", at)) != std::string::npos; ++at) ++fenced;
  EXPECT_EQ(fenced, 0u);
}

// Without a database nearly all verdicts are, for the same reason.
TEST(TextReport, VerdictsThatAreUnknownForOneReasonShareIt) {
  Json verdicts = Json::array();
  for (const char* name : {"no-lost-orders", "no-double-charges", "no-oversold-stock", "ends", "other"})
    verdicts.push_back({{"name", name}, {"verdict", "UNKNOWN"}, {"counted", true}, {"reason", "no database"}});
  verdicts[4]["reason"] = "no answers";
  const std::string text = text_report({{"kind", "verify"}, {"verdict", "UNKNOWN"}, {"verdicts", verdicts}});
  EXPECT_THAT(text, testing::HasSubstr("  UNKNOWN  4 verdicts: no database\n"
                                       "           no-lost-orders  no-double-charges  no-oversold-stock  ends\n"
                                       "  UNKNOWN  other "));
  verdicts.erase(0);
  EXPECT_THAT(text_report({{"kind", "verify"}, {"verdict", "UNKNOWN"}, {"verdicts", verdicts}}),
              testing::HasSubstr("UNKNOWN  ends               no database\n"))
      << "three are lines of their own";
}

// The badge, the head of the page and the Markdown say the same as the exit code.
TEST(RunEnd, IsWhatTheExitCodeSays) {
  const auto verdict = [](const char* name, const char* ruling) {
    return Json{{"name", name}, {"verdict", ruling}, {"counted", true}};
  };
  const Json missed = Json::array({Json{{"threshold", "p99<5ms"}, {"verdict", "FAIL"}}});
  const struct {
    Json result;
    const char *text, *ruling;
  } table[] = {
      {{{"exitCode", 0}, {"verdict", "PASS"}}, "passed", "PASS"},
      {{{"exitCode", 1}, {"verdicts", Json::array({verdict("a", "PASS"), verdict("b", "FAIL"), verdict("c", "FAIL")})}},
       "failed: b and 1 more",
       "FAIL"},
      {{{"exitCode", 2}, {"verdicts", Json::array({verdict("a", "UNKNOWN")})}}, "undecided: a", "UNKNOWN"},
      {{{"exitCode", 3}, {"verdict", "PASS"}, {"thresholds", missed}}, "threshold missed: p99<5ms", "FAIL"},
      {{{"exitCode", 130}, {"verdict", "PASS"}}, "interrupted", "UNKNOWN"},
      {{{"kind", "verify"}, {"verdict", "PASS"}}, "passed", "PASS"},
  };
  for (const auto& [result, text, ruling] : table) {
    EXPECT_EQ(shown_end(result).text, text);
    EXPECT_EQ(shown_end(result).ruling, ruling);
    EXPECT_NE(badge_svg(result).find(text == std::string("threshold missed: p99<5ms") ? "p99&lt;5ms" : text),
              std::string::npos);
  }
}

// What the schemas of Surefire (surefire-test-report.xsd) and of Jenkins (junit-10.xsd of its xUnit plugin) both allow:
// one suite, properties before the cases, and nothing else in it.
TEST(JUnitReport, HasOnlyWhatSurefireAndJenkinsRead) {
  const std::string xml = junit_report(faulty().loadtest());
  const std::regex whole(
      R"re(<\?xml version="1\.0" encoding="UTF-8"\?>\n)re"
      R"re(<testsuite name="[^"]+" tests="\d+" failures="\d+" errors="\d+" skipped="\d+" time="\d+\.\d{3}">\n)re"
      R"re(  <properties>\n(    <property name="[^"]+" value="[^"]*"/>\n)+  </properties>\n)re"
      R"re((  <testcase classname="[^"]+" name="[^"]+" time="0"(/>|>\n)re"
      R"re(    <(failure|error|skipped|system-out)( message="[^"]*")?( type="[^"]*")?(/>|>[^<]*</\4>)\n  </testcase>)\n)+)re"
      R"re(</testsuite>\n)re");
  EXPECT_TRUE(std::regex_match(xml, whole)) << xml;
  EXPECT_EQ(xml.find("<skipped message=\"\" type"), std::string::npos);
}

TEST(JUnitReport, IsValidXmlForAnyBytes) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += {static_cast<char>(byte), 'x'};
  bytes +=
      "exp\xE9"
      "di\xE9 ü 주 \xEF\xBF\xBE \xEF\xBF\xBF \xED\xA0\x80 \xF4\x90\x80\x80 \xE2\x82";
  const Json result{{"kind", "verify"},
                    {"verdicts", Json::array({Json{{"name", bytes},
                                                   {"verdict", "FAIL"},
                                                   {"reason", bytes},
                                                   {"witness", Json{{"why", Json::array({bytes})}}},
                                                   {"counted", true}}})}};
  const std::string xml = junit_report(result);
  EXPECT_TRUE(is_utf8(xml));
  EXPECT_EQ(xml.find("\xEF\xBF\xBE"), std::string::npos);
  EXPECT_EQ(xml.find("\xEF\xBF\xBF"), std::string::npos);
  for (const char c : xml) EXPECT_TRUE(static_cast<unsigned char>(c) >= ' ' || c == '\n') << int{c};
  EXPECT_NE(xml.find("exp\xEF\xBF\xBD"
                     "di\xEF\xBF\xBD ü 주"),
            std::string::npos)
      << "the rest is kept";
}

// The clock of an agent may be a little ahead of that of the load's begin.
TEST(Report, WhatIsNearlyZeroHasNoSign) {
  const Json fault{{"fault", "delay 5ms"}, {"fromMs", -3.2}, {"toMs", -1.0}};
  EXPECT_EQ(fault_figures(JsonView(fault)).when, "0.00 s to 0.00 s");
  const Json earlier{{"fault", "delay 5ms"}, {"fromMs", -30.2}, {"toMs", 1999.0}};
  EXPECT_EQ(fault_figures(JsonView(earlier)).when, "-0.03 s to 2.00 s");
  EXPECT_EQ(agent_clock_text(Json{{"clockDifferenceMs", -0.002}, {"clockUncertaintyMs", 0.05}}),
            "+0.00 ms, known to 0.05");
}

TEST(Report, ShowsTheStepsOfJourneysInEveryForm) {
  Json json = faulty().loadtest();
  EXPECT_EQ(text_report(json).find("Journeys:"), std::string::npos) << "of single requests";
  const Json latency{{"p50", 1.5}, {"p99", 20.25}, {"max", 30.0}};
  json["journeys"] = Json{{"started", 1200},
                          {"completed", 1100},
                          {"time", latency},
                          {"steps", Json::array({Json{{"step", "pay"},
                                                      {"creates", false},
                                                      {"sent", 1150},
                                                      {"unexpected", 3},
                                                      {"noValue", 4},
                                                      {"notInTime", 5},
                                                      {"unanswered", 6},
                                                      {"latency", latency}}})}};
  const std::string text = text_report(json), markdown = markdown_report(json);
  EXPECT_TRUE(std::regex_search(text, std::regex("pay +1,150 +7 +5 +6 +1.50 +20.25 +30.00"))) << text;
  EXPECT_NE(text.find("Journeys: 1,100 of 1,200 complete; p50 1.50 ms, p99 20.25 ms, max 30.00 ms, pauses included"),
            std::string::npos);
  EXPECT_NE(markdown.find("1,100 of 1,200 journeys complete"), std::string::npos);
  EXPECT_NE(markdown.find("| pay | 1,150 | 7 | 5 | 6 | 1.50 | 20.25 |"), std::string::npos) << markdown;
}

}  // namespace
}  // namespace sagactl
