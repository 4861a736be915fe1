// No measurement is lost because of a file: files are opened first, links and pipes are followed, and failures are
// reported.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "common/output_file.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string contents_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class OutputFiles : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("output-" + std::to_string(::getpid()));
};

TEST_F(OutputFiles, AreCompleteOrUnchanged) {
  const auto path = folder_ / "result.json";
  ASSERT_TRUE(write_output(path, "first"));
  ::chmod(path.c_str(), 0640);
  {
    OutputFile unfinished(path);
    unfinished.write("sec");
    EXPECT_EQ(contents_of(path), "first");
  }
  EXPECT_EQ(contents_of(path), "first");
  ASSERT_TRUE(write_output(path, "second"));
  EXPECT_EQ(contents_of(path), "second");
  struct stat found {};
  ::stat(path.c_str(), &found);
  EXPECT_EQ(found.st_mode & 0777u, 0640u) << "permissions are kept";
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "no temporary file remains";
}

TEST_F(OutputFiles, FollowLinks) {
  std::filesystem::create_directories(folder_ / "elsewhere");
  for (const bool is_there : {true, false}) {
    const auto real = folder_ / "elsewhere" / (is_there ? "old" : "new"), link = folder_ / (is_there ? "a" : "b");
    if (is_there) std::ofstream(real) << "old";
    std::filesystem::create_symlink("elsewhere/" + real.filename().string(), link);
    ASSERT_TRUE(check_output(link));
    ASSERT_TRUE(write_output(link, "text"));
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(contents_of(real), "text");
  }
}

TEST_F(OutputFiles, ThatArePipesReachTheirReader) {
  const auto path = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  ASSERT_TRUE(check_output(path)) << "and it does not wait for a reader";
  std::string read;
  std::thread reader([&] { read = contents_of(path); });
  EXPECT_TRUE(write_output(path, "text"));
  reader.join();
  EXPECT_EQ(read, "text");
  EXPECT_TRUE(std::filesystem::is_fifo(path));
}

TEST_F(OutputFiles, ThatCannotBeWrittenAreReportedWithTheReason) {
  EXPECT_THAT(check_output(folder_ / "none" / "a.json").error().message, HasSubstr("there is no directory"));
  EXPECT_THAT(check_output(folder_).error().message, HasSubstr("Is a directory"));
  EXPECT_FALSE(check_output("/proc/a.json").ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none"));
  ASSERT_TRUE(check_output("/dev/full"));
  const auto full = write_output("/dev/full", std::string(100'000, 'x'));
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, ErrorCode::unavailable);
  EXPECT_THAT(full.error().message, HasSubstr("cannot write /dev/full: No space left on device"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

class ResultFiles : public testing::Test {
 protected:
  CommandResult run(std::vector<std::string> arguments) {
    std::vector<std::string> all = {"loadtest", "individual",           "--orders", "5",
                                    "--url",    servers_.node(0).url(), "--token",  "given"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return sandbox_.run(all);
  }
  CliSandbox sandbox_;
  OrderServers servers_{1};
};

TEST_F(ResultFiles, AreOpenedBeforeAnythingIsSent) {
  for (const char* flag :
       {"--save", "--report", "--junit", "--hgrm", "--csv", "--jtl", "--summary", "--markdown", "--badge"}) {
    const CommandResult refused = run({flag, "none/result"});
    EXPECT_EQ(refused.code, 4) << flag;
    EXPECT_THAT(refused.err, HasSubstr("there is no directory"));
  }
  EXPECT_EQ(run({"--save", "none/result", "--dry-run"}).code, 4);
  EXPECT_TRUE(servers_.taken().empty());
}

TEST_F(ResultFiles, HaveEveryRequestAsCsvAndAsJtl) {
  run({"--csv", "r.csv", "--jtl", "r.jtl", "--summary", "s.json", "--badge", "b.svg", "--markdown", "r.md"});
  const auto lines_of = [&](const char* file) {
    std::vector<std::string> lines;
    std::istringstream text(sandbox_.read(file));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  };
  const auto csv = lines_of("r.csv"), jtl = lines_of("r.jtl");
  ASSERT_EQ(csv.size(), 6u);
  EXPECT_EQ(csv[0].substr(0, 31), "operation,phase,kind,group,targ");
  EXPECT_THAT(csv[1], testing::MatchesRegex("0,individual,single,0,http://[^,]+,accepted,201,,.*")) << csv[1];
  for (const std::string& line : csv)
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), std::count(csv[0].begin(), csv[0].end(), ',')) << line;
  ASSERT_EQ(jtl.size(), 6u);
  EXPECT_EQ(jtl[0],
            "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,"
            "sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect");
  EXPECT_THAT(jtl[1], testing::MatchesRegex("[0-9]{13},[0-9]+,POST /orders,201,201 Created,individual 1-[1-4],text,"
                                            "true,,0,0,1,1,http://[^,]+,[0-9]+,0,0"));
  EXPECT_EQ(Json::parse(sandbox_.read("s.json"))["metrics"]["http_reqs"]["values"]["count"], 5);
  EXPECT_THAT(sandbox_.read("b.svg"), HasSubstr("undecided: "));
  EXPECT_THAT(sandbox_.read("r.md"), HasSubstr("### sagactl loadtest individual: undecided"));
}

TEST_F(ResultFiles, OnGitHubAreAddedToTheSummaryOfTheJobAndAnnotated) {
  sandbox_.write("summary.md", "before\n");
  sandbox_.variables["GITHUB_STEP_SUMMARY"] = (sandbox_.directory() / "summary.md").string();
  EXPECT_THAT(run({"-o", "json"}).err, Not(HasSubstr("::warning")));
  sandbox_.variables["GITHUB_ACTIONS"] = "true";
  const CommandResult ended = run({"-o", "json", "--threshold", "throughput>1000000/s"});
  EXPECT_TRUE(ended.json().is_object()) << "the standard output is only JSON";
  EXPECT_THAT(ended.err, HasSubstr("\n::error title=sagactl::FAIL throughput>1000000/s: "));
  EXPECT_THAT(ended.err, HasSubstr("::warning title=sagactl::UNKNOWN no-lost-order: "));
  const std::string summary = sandbox_.read("summary.md");
  EXPECT_THAT(summary, testing::StartsWith("before\n### sagactl loadtest individual: undecided"));
  EXPECT_THAT(summary, HasSubstr("| POST /orders http://"));
}

TEST_F(ResultFiles, ThatFailAtTheEndDoNotAffectOthers) {
  const CommandResult ended = run({"--save", "/dev/full", "--report", "r.html", "--junit", "j.xml"});
  EXPECT_THAT(ended.out, HasSubstr("Verdict: UNKNOWN")) << "the figures are shown";
  EXPECT_EQ(ended.code, 2) << "the verdict's code";
  EXPECT_THAT(ended.err, HasSubstr("cannot write /dev/full: No space left on device"));
  EXPECT_TRUE(std::filesystem::exists(sandbox_.directory() / "r.html"));
  EXPECT_TRUE(std::filesystem::exists(sandbox_.directory() / "j.xml"));
}

TEST_F(ResultFiles, SayHowTheRequestsWereAnswered) {
  OrderServers refusing(1, [](const Received&, std::size_t) -> std::optional<TestAnswer> {
    return answer(308, "{}", "Location: https://shop.example/orders\r\n");
  });
  const CommandResult ended =
      sandbox_.run({"loadtest", "individual", "--orders", "7", "--url", refusing.node(0).url(), "--token", "given",
                    "--junit", "j.xml", "--save", "r.json", "--report", "r.html"});
  const std::string said = "308 Permanent Redirect", where = "Location: https://shop.example/orders";
  EXPECT_THAT(ended.out, testing::AllOf(HasSubstr(said), HasSubstr(where)));
  for (const char* file : {"j.xml", "r.json", "r.html"})
    EXPECT_THAT(contents_of(sandbox_.directory() / file), testing::AllOf(HasSubstr(said), HasSubstr(where))) << file;
  const Json result = Json::parse(contents_of(sandbox_.directory() / "r.json"));
  EXPECT_EQ(result["answers"][0]["status"], 308);
  EXPECT_EQ(result["answers"][0]["count"], 7);
}

TEST_F(ResultFiles, SayWhichOfTwoServersIsDown) {
  const std::string down = "http://127.0.0.1:1";
  const CommandResult ended = sandbox_.run(
      {"loadtest", "individual", "--orders", "20", "--url", servers_.node(0).url() + "," + down, "--token", "given"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.out, HasSubstr("none of 10 requests to " + down + " could be sent"));
  const CommandResult allowed =
      sandbox_.run({"loadtest", "individual", "--orders", "20", "--url", servers_.node(0).url() + "," + down, "--token",
                    "given", "--missing", "100%", "-o", "json"});
  for (const Json& verdict : allowed.json()["verdicts"])
    if (verdict["name"] == "load-was-sent") {
      EXPECT_EQ(verdict["verdict"], "PASS");
    }
}

}  // namespace
}  // namespace sagactl
