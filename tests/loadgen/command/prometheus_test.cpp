// A real Prometheus reads a load test while it runs, and has the figures of its result.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <optional>

#include "common/text/percent.hpp"
#include "httpclient/http_client.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/e2e/process.hpp"
#include "tests/loadgen/order_server.hpp"
#include "tests/services/free_port.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

constexpr const char* prometheus_program = "/usr/bin/prometheus";

bool prometheus_is_installed() {
  return ::access(prometheus_program, X_OK) == 0;
}

class PrometheusOfALoadTest : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS_PROGRAM(prometheus_is_installed(), "prometheus");
    sandbox_.write("prometheus.yml", fmt::format(R"(global: {{ scrape_interval: 200ms }}
scrape_configs:
  - job_name: load
    static_configs: [{{ targets: ["127.0.0.1:{}"] }}]
)",
                                                 metrics_port_));
    prometheus_.emplace(std::vector<std::string>{"--config.file=prometheus.yml", "--storage.tsdb.path=prometheus",
                                                 fmt::format("--web.listen-address=127.0.0.1:{}", port_)},
                        sandbox_.directory(), std::vector<std::string>(), prometheus_program);
    // It looks for its targets some seconds after it has started.
    ASSERT_TRUE(eventually([&] { return asked("up").size() == 1; }));
  }

  // The samples of an expression now.
  Json asked(const std::string& expression) {
    const auto answer = client_.get("/api/v1/query?query=" + percent_encode(expression));
    const Json said = answer ? read_json(answer->body) : Json();
    return said.is_object() && said.contains("data") ? said["data"]["result"] : Json::array();
  }
  // The highest value of a series so far; NaN when there is no such series, or more than one.
  double highest(const std::string& series) {
    const Json samples = asked(fmt::format("max_over_time({}[1h])", series));
    if (samples.size() == 1) return std::strtod(samples[0]["value"][1].get<std::string>().c_str(), nullptr);
    ADD_FAILURE() << series << ": " << samples.dump();
    return std::nan("");
  }
  CommandResult run(const std::vector<std::string>& further) {
    std::vector<std::string> command = {"loadtest",
                                        "individual",
                                        "--url",
                                        servers_.node(0).url(),
                                        "--token",
                                        "given",
                                        "--metrics-listen",
                                        std::to_string(metrics_port_),
                                        "-o",
                                        "json"};
    command.insert(command.end(), further.begin(), further.end());
    return sandbox_.run(command);
  }

  const int port_ = free_port(), metrics_port_ = free_port();
  CliSandbox sandbox_;
  OrderServers servers_{1};
  HttpClient client_{*parse_node_url(fmt::format("http://127.0.0.1:{}", port_))};
  std::optional<Process> prometheus_;
};

TEST_F(PrometheusOfALoadTest, HasTheFiguresOfTheResultWhenTheCommandEnds) {
  const Json result =
      run({"--rate", "100/s", "--duration", "2s", "--fail-share", "0.1", "--tag", "a-b=x \"y\" \\ é", "--tag", "a_b=2"})
          .json();
  ASSERT_TRUE(result.is_object());
  const Json& requests = result["requests"];
  // What it has just read, it knows a moment later.
  EXPECT_TRUE(eventually([&] { return highest("sagactl_loadtest_sent_total") == requests["sent"]; }));
  EXPECT_EQ(highest("sagactl_loadtest_requests_total{outcome=\"accepted\"}"), requests["succeeded"]);
  EXPECT_EQ(highest("sagactl_loadtest_answers_total{status=\"201\"}"), requests["succeeded"]);
  EXPECT_EQ(highest("sagactl_loadtest_response_seconds_count"), requests["sent"]);
  EXPECT_EQ(highest("sagactl_loadtest_response_seconds_bucket{le=\"+Inf\"}"), requests["sent"]);
  EXPECT_EQ(highest("sagactl_loadtest_rate_planned"), 100);
  const Json info = asked("max by (scenario, tag_a_b, tag_a_b_) (max_over_time(sagactl_loadtest_info[1h]))");
  ASSERT_EQ(info.size(), 1u) << info.dump();
  EXPECT_EQ(info[0]["metric"], (Json{{"scenario", "individual"}, {"tag_a_b", "x \"y\" \\ é"}, {"tag_a_b_", "2"}}));
}

TEST_F(PrometheusOfALoadTest, SeesTheStepsOfACapacitySearchAsOneCounter) {
  const Json result =
      run({"--capacity", "--rate", "8/s", "--duration", "1s", "--threshold", "p99<1us", "--threshold", "errors<1%"})
          .json();
  ASSERT_TRUE(result.is_object());
  EXPECT_GT(result["capacity"]["steps"].size(), 1u);
  const auto sent = static_cast<double>(servers_.taken().size());
  EXPECT_TRUE(eventually([&] { return highest("sagactl_loadtest_sent_total") == sent; }));
  EXPECT_EQ(asked("resets(sagactl_loadtest_sent_total[1h])")[0]["value"][1], "0");
}

}  // namespace
}  // namespace sagactl
