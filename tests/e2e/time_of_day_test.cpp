// The clock of the machine is set back and forward while a server is running, and between two runs: nothing waits for a
// time to come again.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/time.hpp"
#include "httpclient/http_client.hpp"
#include "tests/e2e/process.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

// Every payment times out, so that it has to be queried.
const std::vector<std::string> in_doubt = {"--nodes",           "3", "--payment-delay",    "10ms", "--lease", "1s",
                                           "--payment-success", "0", "--payment-timeouts", "1"};

class ShiftedTime : public testing::Test {
 protected:
  ShiftedTime() {
    site.variables = {std::string("LD_PRELOAD=") + SHIFTED_TIME, "SHIFTED_TIME_FILE=" + file(),
                      "ASAN_OPTIONS=verify_asan_link_order=0"};
    set(0);
  }
  std::string file() const { return site.directory() / "shift"; }
  // Sets the clock to the right time plus `shift` seconds. Every thread sees it within a second.
  void set(long shift) {
    std::ofstream(file() + ".new") << shift;
    std::filesystem::rename(file() + ".new", file());
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  }
  static void place(const ServeProcess& nodes, int orders) {
    for (int i = 0; i < orders; ++i) {
      static int number = 0;
      const ProcessResult order = nodes.run({"order", "create", "--item", "P" + std::to_string(++number)});
      ASSERT_EQ(order.code, 0) << order.out << order.err;
    }
  }
  // The value at the first node, or the sum over all nodes.
  static double metric(const ServeProcess& nodes, const std::string& name, bool of_all = false) {
    double sum = 0;
    std::istringstream urls(nodes.urls());
    for (std::string url; std::getline(urls, url, ',');) {
      HttpClient client(*parse_node_url(url), {});
      const auto answer = client.get("/metrics");
      if (!answer) return -1;
      std::istringstream lines(answer->body);
      for (std::string line; std::getline(lines, line);)
        if (line.starts_with(name + " ")) sum += std::stod(line.substr(name.size() + 1));
      if (!of_all) break;
    }
    return sum;
  }
  // How many seconds the server's time of day is ahead of this process.
  static double ahead(const ServeProcess& nodes) {
    HttpClient client(*parse_node_url(nodes.urls().substr(0, nodes.urls().find(','))), {});
    const auto answer = client.get("/health");
    if (!answer) return -1e9;
    const auto shown = parse_iso8601(answer->json().value()["timestamp"].get<std::string>());
    return static_cast<double>((*shown - wall_clock_now()).count()) / 1e6;
  }
  static bool becomes_idle(const ServeProcess& nodes) {
    return eventually(
        [&] { return metric(nodes, "sagactl_sagas_active") == 0 && metric(nodes, "sagactl_unpublished_events") == 0; });
  }

  TestDirectory site;
};

TEST_F(ShiftedTime, SagasEndEventsArePublishedAndNoNodeIsFencedWhenTheClockIsSet) {
  const ServeProcess nodes(site, in_doubt);
  place(nodes, 3);
  ASSERT_TRUE(becomes_idle(nodes));
  for (const long shift : {-1, -3'600, 0, -86'400, 86'400, 86'399, 0}) {
    place(nodes, 3);
    set(shift);
    ASSERT_NEAR(ahead(nodes), static_cast<double>(shift), 20);
    place(nodes, 3);
    EXPECT_TRUE(becomes_idle(nodes)) << "set by " << shift << " s";
  }
  EXPECT_EQ(metric(nodes, "sagactl_fenced_total", true), 0);
  EXPECT_EQ(nodes.run({"saga", "list", "--status", "failed", "-o", "json"}).json()["total"], 0)
      << "no saga lost any of its time budget";
}

TEST_F(ShiftedTime, ARestartedServerContinuesAfterTheClockWasSetBack) {
  set(3'600);
  {
    ServeProcess nodes(site, in_doubt);
    place(nodes, 6);
    nodes.process().send(SIGKILL);
    nodes.process().wait();
  }
  set(-3'600);
  const ServeProcess nodes(site, in_doubt);
  EXPECT_TRUE(becomes_idle(nodes));
  place(nodes, 3);
  EXPECT_TRUE(becomes_idle(nodes));
}

}  // namespace
}  // namespace sagactl
