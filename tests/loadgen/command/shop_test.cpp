// The real program against another server: a shop in another language, with another API and another database, and
// optionally one planted fault.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <set>
#include <thread>

#include "httpclient/http_client.hpp"
#include "tests/e2e/process.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/services/needs.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

const std::string folder = SAGACTL_SOURCE_DIR "/tests/loadgen/shop/";

class Shop {
 public:
  explicit Shop(const std::string& fault) {
    int pipes[2];
    if (::pipe2(pipes, O_CLOEXEC) != 0) crash("no pipe for the shop");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(pipes[1], STDOUT_FILENO);
      const std::string program = folder + "shop.py", database = (site_.directory() / "shop.db").string();
      if (fault.empty())
        ::execlp("python3", "python3", program.c_str(), "--database", database.c_str(), nullptr);
      else
        ::execlp("python3", "python3", program.c_str(), "--database", database.c_str(), "--fault", fault.c_str(),
                 nullptr);
      ::_exit(127);
    }
    ::close(pipes[1]);
    char c = 0;
    while (::read(pipes[0], &c, 1) == 1 && c != '\n') url_ += c;
    ::close(pipes[0]);
  }
  ~Shop() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  ProcessResult loadtest(const std::vector<std::string>& further = {}) const {
    std::vector<std::string> all = {"--database", "shop.db", "--drain", "3s"};
    all.insert(all.end(), further.begin(), further.end());
    return loadtest_without_database(all);
  }
  ProcessResult loadtest_without_database(const std::vector<std::string>& further) const {
    std::vector<std::string> arguments = {"loadtest",     "mixed", "--profile",    folder + "shop.toml",
                                          "--url",        url_,    "--orders",     "200",
                                          "--fail-share", "0.1",   "--duplicates", "4"};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return site_.run(arguments);
  }
  std::unique_ptr<Process> long_loadtest(const std::string& rate) const {
    return started_loadtest({"--rate", rate, "--duration", "1m"});
  }
  std::unique_ptr<Process> started_loadtest(const std::vector<std::string>& further) const {
    std::vector<std::string> arguments = {"loadtest", "individual", "--profile",  folder + "shop.toml",
                                          "--url",    url_,         "--database", "shop.db",
                                          "-o",       "json"};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return std::make_unique<Process>(arguments, site_.directory());
  }
  bool has(const std::string& order) const {
    const auto answer = HttpClient(*parse_node_url(url_)).get("/shop/orders/" + order);
    return answer && answer->ok();
  }
  // Until orders come.
  bool is_busy() const {
    for (int tries = 0; tries < 6000; ++tries) {
      if (has("R-000001")) return true;
      usleep(10'000);
    }
    return false;
  }
  void freeze() const { ::kill(pid_, SIGSTOP); }
  bool runs() const { return !url_.empty(); }

 private:
  TestDirectory site_;
  pid_t pid_ = -1;
  std::string url_;
};

#define NEEDS_SHOP(shop) SAGACTL_NEEDS_PROGRAM((shop).runs(), "python3")

std::set<std::string> failed(const Json& result) {
  std::set<std::string> names;
  for (const Json& verdict : result["verdicts"])
    if (verdict["verdict"] == "FAIL") names.insert(verdict["name"]);
  return names;
}

std::string ruling_of(const Json& result, const std::string& name) {
  for (const Json& verdict : result["verdicts"])
    if (verdict["name"] == name) return verdict["verdict"];
  return {};
}

Json witness_of(const Json& result, const std::string& name) {
  for (const Json& verdict : result["verdicts"])
    if (verdict["name"] == name) return verdict["witness"];
  return {};
}

TEST(AnotherServer, ThatIsCorrectPasses) {
  const Shop shop("");
  NEEDS_SHOP(shop);
  const ProcessResult ended = shop.loadtest({"-o", "json"});
  const Json result = ended.json();
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(result["verdict"], "PASS");
  EXPECT_EQ(result["system"], "shop");
  EXPECT_EQ(result["sagas"]["unfinished"], 0);
  EXPECT_GE(result["sagas"]["compensated"], 15) << "a tenth of 200, as closely as whole groups allow";
  EXPECT_EQ(result["distribution"].size(), 2u);
}

TEST(AnotherServer, ASecondOrderIsFoundAndShown) {
  const Shop shop("double");
  NEEDS_SHOP(shop);
  const ProcessResult ended = shop.loadtest({"-o", "json"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(failed(ended.json()), (std::set<std::string>{"one-order-per-duplicate-group", "one-live-order-per-key"}));
  const Json witness = witness_of(ended.json(), "one-order-per-duplicate-group");
  ASSERT_EQ(witness["rows"].size(), 2u);
  EXPECT_NE(witness["rows"][0]["order_id"], witness["rows"][1]["order_id"]);
  EXPECT_EQ(witness["rows"][0]["key"], witness["rows"][1]["key"]);
  EXPECT_THAT(witness["why"][0].get<std::string>(), HasSubstr("2 orders were placed for key LT-"));
  EXPECT_GE(witness["requests"].size(), 2u);
  EXPECT_THAT(witness["nodes"].dump(), HasSubstr("clerk-"));
}

TEST(AnotherServer, ALostOrderIsFoundAndShown) {
  const Shop shop("lost");
  NEEDS_SHOP(shop);
  const ProcessResult ended = shop.loadtest({"-o", "json"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(failed(ended.json()), std::set<std::string>{"no-lost-order"});
  const Json witness = witness_of(ended.json(), "no-lost-order");
  const std::string lost = witness["requests"][0]["orderId"];
  EXPECT_FALSE(shop.has(lost)) << lost;
  EXPECT_THAT(witness["why"][0].get<std::string>(),
              HasSubstr("accepted as order " + lost + ", which is not in the database"));
  EXPECT_EQ(witness["requests"][0]["httpStatus"], 201);
  EXPECT_TRUE(witness["requests"][0].contains("sentAt"));
}

TEST(AnotherServer, ALostCompensationIsFoundAndShown) {
  const Shop shop("uncompensated");
  NEEDS_SHOP(shop);
  const ProcessResult ended = shop.loadtest();
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, testing::ContainsRegex("FAIL +compensation-complete"));
  EXPECT_THAT(ended.out, testing::ContainsRegex("FAIL +stock-balances"));
  EXPECT_THAT(ended.out, HasSubstr("is given up, but step reserve was completed and never undone"));
  EXPECT_THAT(ended.out, HasSubstr("every completed step of a failed saga is undone once"));
  EXPECT_THAT(ended.out, HasSubstr("clerk-")) << "where it happened";
}

TEST(AnotherServer, WithoutItsDatabaseIsJudgedByItsAnswersAndPolledForItsStatuses) {
  const Shop shop("double");
  NEEDS_SHOP(shop);
  const ProcessResult ended = shop.loadtest_without_database({"-o", "json", "--drain", "20s"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(failed(ended.json()), std::set<std::string>{"one-order-per-duplicate-group"});
  EXPECT_THAT(witness_of(ended.json(), "one-order-per-duplicate-group").dump(), HasSubstr("R-0000"));
  EXPECT_GE(ended.json()["sagas"]["completed"], 50) << "as it says itself of each order";
  EXPECT_EQ(ruling_of(ended.json(), "all-sagas-end"), "PASS");
  EXPECT_EQ(ruling_of(ended.json(), "money-balances"), "UNKNOWN");
  EXPECT_THAT(ended.err, testing::Not(HasSubstr("not everything ended")));
}

TEST(AnotherServer, WithoutItsDatabaseDoesNotHideALostOrder) {
  const Shop shop("lost");
  NEEDS_SHOP(shop);
  const ProcessResult ended = shop.loadtest_without_database({"-o", "json", "--drain", "20s"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(failed(ended.json()), std::set<std::string>{"no-lost-order"});
  EXPECT_THAT(witness_of(ended.json(), "no-lost-order").dump(), HasSubstr("which is not on the server"));
}

TEST(Interruption, ReturnsTheResultSoFar) {
  const Shop shop("");
  NEEDS_SHOP(shop);
  const auto load = shop.long_loadtest("50/s");
  ASSERT_TRUE(shop.is_busy());
  load->send(SIGINT);
  const ProcessResult ended = load->wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_EQ(ended.json()["interrupted"], true);
  EXPECT_GE(ended.json()["requests"]["sent"], 1);
  EXPECT_EQ(failed(ended.json()), std::set<std::string>{});
}

// An order that is still on its way when Ctrl-C is pressed, or of which the row is not written yet, is no fault.
TEST(Interruption, LeavesUndecidedWhatWasNotWaitedFor) {
  std::atomic<int> orders{0};
  ScriptedServer server([&](const Received& request) {
    if (request.method == "POST") return answer(201, fmt::format(R"({{"id":{}}})", ++orders));
    Json list = Json::array();  // the first is not in it yet
    for (int id = 2; id <= orders; ++id) list.push_back(Json{{"id", id}, {"state", "open"}});
    return answer(200, list.dump());
  });
  const TestDirectory site;
  std::ofstream(site.directory() / "shop.toml")
      << "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[list]\npath = \"/orders\"\norders = \"\"\n"
         "order_id = \"/id\"\nstatus = \"/state\"\n[status]\npath = \"/o/{order}\"\ncompleted = [\"done\"]\n";
  Process load({"loadtest", "individual", "--profile", "shop.toml", "--url", server.url(), "--rate", "50/s",
                "--duration", "1m", "-o", "json"},
               site.directory());
  ASSERT_TRUE(eventually([&] { return orders > 2; }));
  load.send(SIGINT);
  const ProcessResult ended = load.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_EQ(failed(ended.json()), std::set<std::string>{});
  for (const char* name : {"all-sagas-end", "no-lost-order"}) {
    EXPECT_EQ(ruling_of(ended.json(), name), "UNKNOWN");
    EXPECT_THAT(ended.json()["verdicts"].dump(), HasSubstr("interrupted before that could change"));
  }
}

// All orders have ended, and the run waits for a row that would put the fault right.
TEST(Interruption, WhileAFaultIsLookedAtAgainEndsTheRunAsWell) {
  const Shop shop("uncompensated");
  NEEDS_SHOP(shop);
  const auto load = shop.started_loadtest({"--orders", "20", "--fail-share", "0.5"});
  ASSERT_TRUE(eventually([&] { return shop.has("R-000020"); }));
  load->send(SIGINT);
  const ProcessResult ended = load->wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_EQ(ended.json()["interrupted"], true);
  EXPECT_EQ(ruling_of(ended.json(), "compensation-complete"), "UNKNOWN");
}

TEST(Interruption, ASecondOneEndsTheRunImmediately) {
  const Shop shop("");
  NEEDS_SHOP(shop);
  const auto load = shop.long_loadtest("5000/s");  // more than the shop can handle: some are always in flight
  ASSERT_TRUE(shop.is_busy());
  shop.freeze();  // which would have to be waited for
  std::atomic<bool> ended = false;
  std::thread impatient([&] {
    while (!ended) {
      load->send(SIGINT);
      usleep(20'000);
    }
  });
  const ProcessResult end = load->wait();
  ended = true;
  impatient.join();
  EXPECT_EQ(end.code, 130);
  EXPECT_EQ(end.out, "") << "it does not wait for a result";
}

}  // namespace
}  // namespace sagactl
