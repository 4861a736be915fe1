// Faults beside a load, by the real program: against a shop in another language, and against a node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "common/text/text.hpp"
#include "httpclient/http_client.hpp"
#include "loadgen/faults/processes.hpp"
#include "tests/e2e/process.hpp"
#include "tests/services/loopback.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

const std::string shop_folder = SAGACTL_SOURCE_DIR "/tests/loadgen/shop/";

// At one port, so that it is found there again after a restart.
class FaultedShop : public testing::Test {
 protected:
  void start(const std::string& fault = {}) {
    std::vector<std::string> arguments = {"python3", shop_folder + "shop.py", "--database", "shop.db", "--port",
                                          port_text_};
    if (!fault.empty()) arguments.insert(arguments.end(), {"--fault", fault});
    shop_ = std::make_unique<Process>(arguments, site_.directory(),
                                      std::vector<std::string>{"PATH=/usr/local/bin:/usr/bin:/bin"}, "/usr/bin/env");
    ASSERT_EQ(shop_->next_line(), "http://127.0.0.1:" + port_text_) << "python3 is not installed: tools/deps";
  }
  ~FaultedShop() override {
    // Also one that was started again.
    for (const ProcessRef& listener : listeners_at(port_)) (void)ProcessHandle(listener).send(SIGKILL);
  }

  ProcessResult loadtest(const std::vector<std::string>& further) const {
    std::vector<std::string> arguments = {"loadtest",   "individual",
                                          "--profile",  shop_folder + "shop.toml",
                                          "--url",      "http://127.0.0.1:" + port_text_,
                                          "--database", "shop.db",
                                          "--rate",     "100/s",
                                          "--duration", "4s",
                                          "--timeout",  "3s",
                                          "--drain",    "5s",
                                          "--missing",  "60%",
                                          "-o",         "json"};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return site_.run(arguments);
  }
  std::string pid() const { return std::to_string(shop_->pid()); }

  TestDirectory site_;
  const std::uint16_t port_ = free_port();
  const std::string port_text_ = std::to_string(port_);
  std::unique_ptr<Process> shop_;
};

Json verdict_of(const Json& result, const std::string& name) {
  for (const Json& verdict : result["verdicts"])
    if (verdict["name"] == name) return verdict;
  return {};
}

std::set<std::string> failed_verdicts(const Json& result) {
  std::set<std::string> names;
  for (const Json& verdict : result["verdicts"])
    if (verdict["verdict"] == "FAIL") names.insert(verdict["name"]);
  return names;
}

TEST_F(FaultedShop, ARightServerPassesAPauseAndARestart) {
  start();
  const ProcessResult ran = loadtest({"--fault", "pause pid " + pid() + " at 1s for 500ms", "--fault",
                                      "restart port " + port_text_ + " at 2500ms for 100ms", "--report", "r.html",
                                      "--markdown", "r.md", "--junit", "r.xml", "--fault-csv", "f.csv"});
  const Json result = ran.json();
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_EQ(failed_verdicts(result), std::set<std::string>{});
  EXPECT_EQ(verdict_of(result, "faults-were-done")["verdict"], "PASS");
  ASSERT_EQ(result["faults"].size(), 2u);
  const Json& pause = result["faults"][0];
  EXPECT_EQ(pause["fault"], "pause pid " + pid() + " at 1s for 500ms");
  EXPECT_TRUE(pause["done"]);
  EXPECT_GE(pause["during"]["max"], 400.0) << "who came at its beginning waited for its end";
  EXPECT_GT(pause["requests"]["requests"], 10);
  EXPECT_THAT(result["faults"][1]["outcome"].get<std::string>(), HasSubstr("started again as process "));
  const auto text_of = [&](const char* file) {
    std::ifstream stream(site_.directory() / file);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  EXPECT_THAT(text_of("r.html"), HasSubstr("pause pid " + pid()));
  EXPECT_THAT(text_of("r.md"), HasSubstr("| fault |"));
  EXPECT_THAT(text_of("r.xml"), HasSubstr("name=\"faults\""));
  EXPECT_THAT(text_of("f.csv"), HasSubstr("\npause pid " + pid() + " at 1s for 500ms,pause,"));
}

TEST_F(FaultedShop, AnAcknowledgedOrderThatAKillLosesIsFoundWithItsFault) {
  start("late");
  const ProcessResult ran = loadtest({"--fault", "restart pid " + pid() + " at 2s"});
  const Json result = ran.json();
  EXPECT_EQ(ran.code, 1) << ran.err;
  const Json lost = verdict_of(result, "no-lost-order");
  EXPECT_EQ(lost["verdict"], "FAIL") << result["verdicts"].dump(1);
  ASSERT_TRUE(lost["witness"].contains("faults")) << lost.dump(1);
  EXPECT_THAT(lost["witness"]["faults"][0].get<std::string>(),
              HasSubstr("restart pid " + pid() + " at 2s: operation "));
}

TEST_F(FaultedShop, ALostAnswerLosesNoOrder) {
  start();
  const ProcessResult ran = loadtest({"--proxy-fault", "cut answers of 20%", "--proxy-fault", "delay 20ms of 50%"});
  const Json result = ran.json();
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  const Json& cut = result["faults"][0];
  EXPECT_EQ(cut["met"], 400);
  EXPECT_EQ(cut["changed"], result["requests"]["transportErrors"]);
  EXPECT_EQ(cut["sagas"]["completed"], 400) << "each took effect";
}

TEST_F(FaultedShop, WhatCannotBeDoneEndsTheRunAsUnknown) {
  start();
  const ProcessResult ran = loadtest({"--fault", "run \"echo no database here; exit 7\" at 1s"});
  EXPECT_EQ(ran.code, 2) << ran.err;
  const Json verdict = verdict_of(ran.json(), "faults-were-done");
  EXPECT_EQ(verdict["verdict"], "UNKNOWN");
  EXPECT_THAT(verdict["reason"].get<std::string>(), HasSubstr("the command: it ended with code 7: no database here"));
}

TEST_F(FaultedShop, NothingIsSentWhenATargetIsNotThere) {
  start();
  const ProcessResult ran = loadtest({"--fault", "pause pidfile shop.pid at 1s for 1s"});
  EXPECT_EQ(ran.code, 4) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("shop.pid cannot be read: No such file or directory; nothing was sent"));
  EXPECT_FALSE(HttpClient(*parse_node_url("http://127.0.0.1:" + port_text_)).get("/shop/orders/R-000001")->ok());
  const ProcessResult late = loadtest({"--fault", "kill pid " + pid() + " at 5s"});
  EXPECT_EQ(late.code, 4);
  EXPECT_THAT(late.out, HasSubstr("would begin when the load has ended: it takes 4.00 s"));
  const ProcessResult wrong = loadtest({"--fault", "pause pid " + pid() + " at ten"});
  EXPECT_EQ(wrong.code, 4);
  EXPECT_THAT(wrong.out, HasSubstr("--fault: 'pause pid"));
}

TEST_F(FaultedShop, APausedOneIsContinuedWhenTheProgramIsKilled) {
  start();
  Process program({"loadtest", "individual", "--profile", shop_folder + "shop.toml", "--url",
                   "http://127.0.0.1:" + port_text_, "--database", "shop.db", "--rate", "20/s", "--duration", "1m",
                   "--fault", "pause pid " + pid() + " at 0s for 30s"},
                  site_.directory());
  int status = 0;
  ::waitpid(shop_->pid(), &status, WUNTRACED);
  EXPECT_TRUE(WIFSTOPPED(status));
  program.send(SIGKILL);
  ::waitpid(shop_->pid(), &status, WCONTINUED);
  EXPECT_TRUE(WIFCONTINUED(status));
}

TEST_F(FaultedShop, ADryRunShowsThePlanInTheOrderOfTime) {
  start();
  std::ofstream(site_.directory() / "faulted.toml")
      << std::ifstream(shop_folder + "shop.toml").rdbuf() << "\n[[fault]]\naction = \"pause\"\ntarget = \"pid " << pid()
      << "\"\nat = \"2s\"\nfor = \"500ms\"\n"
      << "[[proxy_fault]]\naction = \"answer\"\nstatus = 503\nof = \"10%\"\nfrom = \"1s\"\n";
  const ProcessResult ran =
      site_.run({"loadtest", "individual", "--profile", "faulted.toml", "--url", "http://127.0.0.1:" + port_text_,
                 "--database", "shop.db", "--dry-run", "-o", "json", "--fault", "run true at 3s"});
  EXPECT_EQ(ran.code, 0) << ran.out;
  const Json faults = ran.json()["faults"];
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_EQ(faults[0]["fault"], "answer 503 of 10% from 1s");
  EXPECT_EQ(faults[1]["fault"], "pause pid " + pid() + " at 2s for 500ms");
  EXPECT_EQ(faults[2]["fault"], "run true at 3s");
}

// Each indented command that begins with `beginning`, with its continued lines.
std::vector<std::string> commands_of(const std::string& file, const std::string& beginning) {
  std::ifstream document(SAGACTL_SOURCE_DIR "/" + file);
  std::vector<std::string> commands;
  bool goes_on = false;
  for (std::string line; std::getline(document, line);) {
    const bool begins = line.starts_with("    " + beginning);
    if (begins) commands.emplace_back();
    if (!begins && !goes_on) continue;
    goes_on = line.ends_with('\\');
    commands.back() += goes_on ? line.substr(0, line.size() - 1) : line;
  }
  return commands;
}

TEST_F(FaultedShop, TheCommandsOfTheDocumentDoWhatItSays) {
  start();
  const auto commands = commands_of("docs/faults.md", "sagactl loadtest individual --profile");
  ASSERT_EQ(commands.size(), 2u);
  for (std::string command : commands) {
    replace_all(command, "8085", port_text_);
    replace_all(command, "/tmp/shop.db", "shop.db");
    replace_all(command, "tests/loadgen/shop/", shop_folder);
    replace_all(command, "sagactl", SAGACTL_BINARY);
    const ProcessResult ran = Process({"-c", command + " -o json"}, site_.directory(), {}, "/bin/sh").wait();
    EXPECT_EQ(ran.code, 0) << command << ran.out << ran.err;
    EXPECT_EQ(ran.json()["faults"].size(), command.find("proxy-fault") == std::string::npos ? 2u : 3u);
  }
  EXPECT_TRUE(std::filesystem::exists(site_.directory() / "faults.html"));
}

TEST(FaultedNode, IsFoundByItsNameAndJudgedFromItsDatabase) {
  const TestDirectory site;
  ServeProcess node(site, {"--node-id", "node-7"});
  const ProcessResult ran =
      node.run({"loadtest", "individual", "--rate", "100/s", "--duration", "4s", "--fault",
                "pause node-7 at 1s for 500ms", "--proxy-fault", "duplicate of 10%", "-o", "json"});
  const Json result = ran.json();
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  ASSERT_EQ(result["faults"].size(), 2u);
  EXPECT_THAT(result["faults"][0]["target"].get<std::string>(), testing::StartsWith("node-7, process "));
  EXPECT_GT(result["faults"][0]["sagas"]["started"], 0);
  EXPECT_GT(result["faults"][1]["changed"], 10);
  const ProcessResult unknown = node.run({"loadtest", "individual", "--fault", "kill node-8 at 0s", "-o", "json"});
  EXPECT_EQ(unknown.code, 4);
  EXPECT_THAT(unknown.out, HasSubstr("'node-8' is none of the nodes at --url that run on this machine (node-7)"));
}

TEST(FaultedNode, ThatSharesItsProcessIsNotHitAlone) {
  const TestDirectory site;
  ServeProcess nodes(site, {"--nodes", "2"});
  const ProcessResult ran = nodes.run({"loadtest", "individual", "--fault", "kill node-1 at 0s", "-o", "json"});
  EXPECT_EQ(ran.code, 4);
  EXPECT_THAT(ran.out, HasSubstr("node-1 shares its process with node-2: name it as port "));
}

}  // namespace
}  // namespace sagactl
