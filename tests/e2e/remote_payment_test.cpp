// The payment participant is killed under load: nothing is lost and nothing is charged twice.
#include <gmock/gmock.h>
#include <signal.h>

#include <memory>

#include "common/result.hpp"
#include "tests/e2e/process.hpp"
#include "tests/services/kafka_server.hpp"

namespace sagactl {
namespace {

class Participant {
 public:
  Participant(const TestDirectory& site, const std::string& brokers)
      : process_({"serve", "--role", "payment", "--port", "0", "--kafka", brokers, "--payment-success", "0.9",
                  "--payment-delay", "1ms..20ms", "-o", "ndjson"},
                 site.directory()) {
    const Json line = Json::parse(process_.next_line(), nullptr, false);
    if (!line.is_object()) crash(("the participant did not start: " + process_.wait().err).c_str());
  }
  void kill() {
    process_.send(SIGKILL);
    process_.wait();
  }
  ProcessResult stop() {
    process_.send(SIGTERM);
    return process_.wait();
  }

 private:
  Process process_;
};

TEST(RemotePayment, LosesAndRepeatsNothingWhenKilledUnderLoad) {
  NEEDS_KAFKA_SERVER();
  KafkaServer kafka;
  kafka.start();
  const TestDirectory site;
  auto participant = std::make_unique<Participant>(site, kafka.brokers());
  ServeProcess nodes(site, {"--payment", "remote", "--kafka", kafka.brokers(), "--lease", "500ms"});
  Process load({"loadtest", "individual", "--orders", "1500", "--rate", "100/s", "--drain", "120s", "--url",
                nodes.urls(), "-o", "json"},
               site.directory());
  const auto total = [&] {
    const Json page = nodes.run({"order", "list", "--limit", "1", "-o", "json"}).json();
    return page.is_object() && page.contains("total") ? page["total"].get<int>() : 0;
  };
  for (const int orders : {200, 500, 900}) {
    while (total() < orders) {
    }
    participant->kill();
    participant = std::make_unique<Participant>(site, kafka.brokers());
  }
  const ProcessResult tested = load.wait();
  EXPECT_EQ(tested.code, 0) << tested.out << tested.err;
  EXPECT_EQ(tested.json()["verdict"], "PASS");
  const ProcessResult stopped = participant->stop();
  EXPECT_EQ(stopped.code, 0) << stopped.err;
  nodes.process().send(SIGTERM);
  EXPECT_EQ(nodes.process().wait().code, 0);
  EXPECT_EQ(site.run({"verify", "--drained"}).code, 0);
}

}  // namespace
}  // namespace sagactl
