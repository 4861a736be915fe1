// The clock of the machine is set back and forward under a running server, and between two lives of it: nothing waits
// for the time to come again.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/time.hpp"
#include "httpclient/http_client.hpp"
#include "tests/e2e/process.hpp"

namespace sagactl {
namespace {

using std::chrono::steady_clock;

// Whose payments are never answered at once: they have to be asked for.
const std::vector<std::string> in_doubt = {"--nodes",         "3", "--payment-delay",    "10ms", "--lease", "1s",
                                           "--payment-success", "0", "--payment-timeouts", "1"};

class ShiftedTime : public testing::Test {
 protected:
  ShiftedTime() {
    site.variables = {std::string("LD_PRELOAD=") + SHIFTED_TIME, "SHIFTED_TIME_FILE=" + file(),
                      "ASAN_OPTIONS=verify_asan_link_order=0"};
    set(0);
  }
  std::string file() const { return site.directory() / "shift"; }
  // Of the machine, to so many seconds before or after the right time. Every thread sees it within a second.
  void set(long shift) {
    std::ofstream(file() + ".new") << shift;
    std::filesystem::rename(file() + ".new", file());
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  }
  static void place(const Served& nodes, int orders) {
    for (int i = 0; i < orders; ++i) {
      static int number = 0;
      const Ended order = nodes.run({"order", "create", "--item", "P" + std::to_string(++number)});
      ASSERT_EQ(order.code, 0) << order.out << order.err;
    }
  }
  // The sum over the nodes, or the first's value for what the database says.
  static double metric(const Served& nodes, const std::string& name, bool of_all = false) {
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
  // How many seconds the servers' time of day is ahead of this process's.
  static double ahead(const Served& nodes) {
    HttpClient client(*parse_node_url(nodes.urls().substr(0, nodes.urls().find(','))), {});
    const auto answer = client.get("/health");
    if (!answer) return -1e9;
    const auto shown = parse_iso8601(answer->json().value()["timestamp"].get<std::string>());
    return static_cast<double>((*shown - wall_clock_now()).count()) / 1e6;
  }
  static bool comes_to_rest(const Served& nodes, std::chrono::seconds within) {
    for (const auto until = steady_clock::now() + within; steady_clock::now() < until;) {
      if (metric(nodes, "sagactl_sagas_active") == 0 && metric(nodes, "sagactl_unpublished_events") == 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  Site site;
};

TEST_F(ShiftedTime, SagasEndEventsLeaveAndNoNodeIsFencedWheneverTheClockIsSet) {
  const Served nodes(site, in_doubt);
  place(nodes, 3);
  ASSERT_TRUE(comes_to_rest(nodes, std::chrono::seconds(30)));
  for (const long shift : {-1, -3'600, 0, -86'400, 86'400, 86'399, 0}) {
    place(nodes, 3);
    set(shift);
    ASSERT_NEAR(ahead(nodes), static_cast<double>(shift), 20);
    place(nodes, 3);
    EXPECT_TRUE(comes_to_rest(nodes, std::chrono::seconds(30))) << "set by " << shift << " s";
  }
  EXPECT_EQ(metric(nodes, "sagactl_fenced_total", true), 0);
  EXPECT_EQ(nodes.run({"saga", "list", "--status", "failed", "-o", "json"}).json()["total"], 0)
      << "none had less time than it has";
}

TEST_F(ShiftedTime, AServerThatBeginsAnewGoesOnThoughTheClockWasSetBackMeanwhile) {
  set(3'600);
  {
    Served nodes(site, in_doubt);
    place(nodes, 6);
    nodes.process().send(SIGKILL);
    nodes.process().wait();
  }
  set(-3'600);
  const Served nodes(site, in_doubt);
  EXPECT_TRUE(comes_to_rest(nodes, std::chrono::seconds(30)));
  place(nodes, 3);
  EXPECT_TRUE(comes_to_rest(nodes, std::chrono::seconds(30)));
}

}  // namespace
}  // namespace sagactl
