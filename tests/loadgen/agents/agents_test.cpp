// The real program on several "machines" of one: agents as processes, a real node, its database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "common/text/text.hpp"
#include "tests/e2e/process.hpp"
#include "tests/services/certificates.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class AgentProcesses : public testing::Test {
 protected:
  AgentProcesses() {
    std::ofstream(site_.directory() / "agents.token") << "a-token-of-the-agents\n";
    server_ = std::make_unique<ServeProcess>(site_, std::vector<std::string>{"--nodes", "2"});
  }

  void start_agents(std::size_t count, const std::vector<std::string>& further = {}) {
    std::vector<std::string> arguments = {"loadtest",     "agent",        "--listen", "0",
                                          "--token-file", "agents.token", "-o",       "ndjson"};
    arguments.insert(arguments.end(), further.begin(), further.end());
    for (std::size_t i = 0; i < count; ++i) {
      agents_.push_back(std::make_unique<Process>(arguments, site_.directory()));
      const Json line = Json::parse(agents_.back()->next_line(), nullptr, false);
      ASSERT_TRUE(line.is_object()) << agents_.back()->wait().err;
      addresses_.push_back(line["agent"].get<std::string>());
    }
  }
  std::vector<std::string> with_agents(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--agents", join(addresses_, ","), "--agents-token-file", "agents.token"});
    return arguments;
  }
  std::string text_of(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(site_.directory() / file).rdbuf();
    return text.str();
  }

  TestDirectory site_;
  std::unique_ptr<ServeProcess> server_;
  std::vector<std::unique_ptr<Process>> agents_;
  std::vector<std::string> addresses_;
};

const std::vector<std::string> all_reports = {"--save",     "run.json", "--report", "run.html", "--junit", "run.xml",
                                              "--markdown", "run.md",   "--csv",    "run.csv",  "--jtl",   "run.jtl"};

TEST_F(AgentProcesses, ThreeOfThemAreOneLoadWithOneResultInEveryForm) {
  start_agents(3);
  std::vector<std::string> arguments = {"loadtest", "mixed", "--rate", "150/s", "--duration", "2s"};
  arguments.insert(arguments.end(), all_reports.begin(), all_reports.end());
  const ProcessResult run = server_->run(with_agents(arguments));
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("PASS     every-agent-finished"));
  const Json result = Json::parse(text_of("run.json"), nullptr, false);
  EXPECT_EQ(result["requests"]["sent"], 300);
  ASSERT_EQ(result["agents"].size(), 3u);
  std::uint64_t sent = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const Json& agent = result["agents"][i];
    EXPECT_EQ(agent["agent"], addresses_[i]);
    EXPECT_GT(agent["requests"]["sent"], 0);
    sent += agent["requests"]["sent"].get<std::uint64_t>();
    for (const std::string& text : {run.out, text_of("run.html"), text_of("run.xml"), text_of("run.md"),
                                    text_of("run.csv"), text_of("run.jtl"), text_of("run.ledger.jsonl")})
      EXPECT_THAT(text, HasSubstr(addresses_[i]));
  }
  EXPECT_EQ(sent, 300u);
  EXPECT_THAT(text_of("run.csv").substr(0, 300), HasSubstr("service_ms,agent\n"));
  EXPECT_THAT(run.out + run.err + text_of("run.json") + text_of("run.html"), Not(HasSubstr("a-token-of-the-agents")));
  const ProcessResult again = server_->run(with_agents({"loadtest", "duplicate"}));
  EXPECT_EQ(again.code, 0) << "they are free again: " << again.out << again.err;
}

TEST_F(AgentProcesses, OneThatIsKilledIsSaidInEveryForm) {
  start_agents(3);
  std::vector<std::string> arguments = {"loadtest",   "individual", "--rate", "60/s",
                                        "--duration", "60s",        "--url",  server_->urls()};
  arguments.insert(arguments.end(), all_reports.begin(), all_reports.end());
  Process load(with_agents(arguments), site_.directory());
  // Each question takes a process, so this does not hurry.
  while (site_.run({"order", "list", "--url", server_->urls(), "--limit", "50", "-o", "json"})
             .json()
             .value("orders", Json::array())
             .size() < 50)
    ASSERT_TRUE(load.pid() > 0 && ::kill(load.pid(), 0) == 0);
  agents_[1]->send(SIGKILL);
  const ProcessResult run = load.wait();
  EXPECT_EQ(run.code, 2) << run.out << run.err;
  const std::string said = addresses_[1] + " was lost";
  EXPECT_THAT(run.out, HasSubstr("UNKNOWN  every-agent-finished"));
  for (const std::string& text : {run.out, text_of("run.html"), text_of("run.xml"), text_of("run.md")})
    EXPECT_THAT(text, HasSubstr(said));
  const Json result = Json::parse(text_of("run.json"), nullptr, false);
  EXPECT_GT(result["agents"][1]["lost"]["reported"], 0);
  EXPECT_GT(result["agents"][1]["lost"]["unknown"], 0);
  EXPECT_EQ(result["agents"][0]["lost"], nullptr);
  EXPECT_THAT(text_of("run.csv"), HasSubstr(",agent_lost,"));
  for (const Json& verdict : result["verdicts"])
    EXPECT_NE(verdict["verdict"], "FAIL") << verdict["name"] << ": " << verdict["reason"];
}

TEST_F(AgentProcesses, ADryRunSaysWhetherTheyAreReady) {
  start_agents(2);
  const ProcessResult dry = server_->run(with_agents({"loadtest", "mixed", "--dry-run"}));
  EXPECT_EQ(dry.code, 0) << dry.err;
  for (const std::string& address : addresses_) EXPECT_THAT(dry.out, HasSubstr(address));
  EXPECT_THAT(dry.out, HasSubstr("1/2"));
  agents_[1]->send(SIGKILL);
  agents_[1]->wait();
  const ProcessResult gone = server_->run(with_agents({"loadtest", "mixed", "--dry-run"}));
  EXPECT_EQ(gone.code, 5);
  EXPECT_THAT(gone.err, HasSubstr("agent " + addresses_[1]));
}

TEST_F(AgentProcesses, WhatCannotBeUsedIsRefusedBeforeAnythingIsSent) {
  struct Row {
    std::vector<std::string> arguments;
    const char* said;
  };
  std::ofstream(site_.directory() / "short.token") << "short\n";
  for (const Row& row :
       {Row{{"loadtest", "mixed", "--agents", "127.0.0.1:7"}, "--agents needs --agents-token-file"},
        Row{{"loadtest", "mixed", "--agents", "127.0.0.1:7", "--agents-token-file", "short.token"}, "at least 16"},
        Row{{"loadtest", "mixed", "--agents", "10.9.9.9:7", "--agents-token-file", "agents.token"},
            "the connection to 10.9.9.9:7 is not encrypted"},
        Row{{"loadtest", "mixed", "--agents", "localhost:7,localhost:7", "--agents-token-file", "agents.token"},
            "localhost:7 is listed twice"},
        Row{{"loadtest", "agent"}, "--token-file: a token of at least 16"},
        Row{{"loadtest", "agent", "--listen", "0.0.0.0:7999", "--token-file", "agents.token"}, "without TLS"},
        Row{{"loadtest", "agent", "--listen", "0.0.0.0:7999", "--token-file", "agents.token"}, "--tls-cert"},
        Row{{"loadtest", "agent", "--token-file", "agents.token", "--tls-cert", "a.pem"}, "--tls-cert needs --tls-key"},
        Row{{"loadtest", "agent", "--token-file", "agents.token", "--tls-key", "a.key"}, "--tls-key needs --tls-cert"},
        Row{{"loadtest", "agent", "--token-file", "agents.token", "--tls-cert", "agents.token", "--tls-key",
             "agents.token"},
            "agents.token is no certificate in PEM"},
        Row{{"loadtest", "agent", "--token-file", "agents.token", "--tls-cert", "a.pem", "--tls-key", "a.key",
             "--without-tls"},
            "leave out one of the two"},
        Row{{"loadtest", "agent", "--listen", "here", "--token-file", "agents.token"}, "write PORT, such as 7410"}}) {
    const ProcessResult refused = server_->run(row.arguments);
    EXPECT_EQ(refused.code, 4) << row.said;
    EXPECT_THAT(refused.err, HasSubstr(row.said));
  }
}

TEST_F(AgentProcesses, WithACertificateTheyAreReachedByTlsAlone) {
  SAGACTL_NEEDS_PROGRAM(Certificates::can_be_made(), "openssl");
  const Certificates certificates;
  const auto with = [&](const std::string& name) {
    return std::vector<std::string>{"--tls-cert", certificates.file(name + ".pem"), "--tls-key",
                                    certificates.file(name + ".key")};
  };
  start_agents(2, with("server"));
  for (const std::string& address : addresses_) EXPECT_THAT(address, StartsWith("https://127.0.0.1:"));
  const std::string authority = certificates.file("ca.pem");
  const ProcessResult run =
      server_->run(with_agents({"loadtest", "mixed", "--rate", "100/s", "--duration", "1s", "--ca-file", authority}));
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("PASS     every-agent-finished"));
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("a-token-of-the-agents")));

  const ProcessResult unverified = server_->run(with_agents({"loadtest", "mixed"}));
  EXPECT_EQ(unverified.code, 5) << unverified.out;
  EXPECT_THAT(unverified.err, HasSubstr("certificate verify failed"));
  EXPECT_THAT(unverified.err, HasSubstr("--ca-file"));
  const std::vector<std::string> secured = std::exchange(addresses_, {addresses_[0].substr(8)});
  const ProcessResult plain = server_->run(with_agents({"loadtest", "mixed", "--dry-run"}));
  EXPECT_EQ(plain.code, 5) << plain.out;
  EXPECT_THAT(plain.err, HasSubstr("write https:// in the place of http:// in --agents"));

  addresses_.clear();
  start_agents(1, with("elsewhere"));
  const ProcessResult other = server_->run(with_agents({"loadtest", "mixed", "--ca-file", authority}));
  EXPECT_EQ(other.code, 5) << other.out;
  EXPECT_THAT(other.err, HasSubstr("its certificate is for elsewhere.example"));
  EXPECT_THAT(other.err, HasSubstr("use a host name from its certificate in --agents"));
}

// The section's commands as they stand, but for the ports.
TEST_F(AgentProcesses, TheCommandsOfTheDocumentWork) {
  std::ostringstream text;
  text << std::ifstream(SAGACTL_SOURCE_DIR "/docs/loadtest.md").rdbuf();
  const std::string document = text.str();
  const std::size_t begin = document.find("\n## Load from several machines\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = document.substr(begin, document.find("\n## ", begin + 4) - begin);
  std::size_t agents = 0, loads = 0;
  for (const std::string& line : split(section, '\n')) {
    if (!line.starts_with("    sagactl ")) continue;
    std::vector<std::string> words;
    for (const std::string& word : split(line.substr(12, line.find('#') - 12), ' '))
      if (!word.empty()) words.push_back(word);
    if (words[1] == "agent") {
      if (line.find("0.0.0.0") != std::string::npos) continue;  // of another machine
      start_agents(1);
      ++agents;
      continue;
    }
    for (std::string& word : words) {
      if (word.starts_with("127.0.0.1:7410")) word = join(addresses_, ",");
      if (word == "30s") word = "2s";
    }
    const ProcessResult run = server_->run(words);
    EXPECT_EQ(run.code, 0) << line << '\n' << run.out << run.err;
    ++loads;
  }
  EXPECT_EQ(agents, 2u);
  EXPECT_EQ(loads, 2u);  // the second is a dry run
}

}  // namespace
}  // namespace sagactl
