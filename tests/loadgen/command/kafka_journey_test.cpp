// Journeys through a shop whose services speak over Kafka: a load test pays each order by a message and waits for the
// receipt. The payments are carried out here, by a real Kafka.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "common/text/text.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/client/tail.hpp"
#include "server/adapters/kafka/client/topic_admin.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/e2e/process.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr Duration patience = 30s;

// Answers each payment with a receipt, but for what `receipt_of` says otherwise.
class PaymentService {
 public:
  using ReceiptOf = std::function<std::optional<kafka::Outgoing>(kafka::Outgoing receipt, int number)>;

  PaymentService(const std::string& brokers, const std::string& asked, std::string answered, ReceiptOf receipt_of)
      : answered_(std::move(answered)), receipt_of_(std::move(receipt_of)) {
    KafkaOptions options;
    options.brokers = brokers;
    const auto refused = create_topics(options, {asked, answered_}, {.partitions = 3}, patience);
    EXPECT_TRUE(refused.ok() && refused->empty());
    auto producer = kafka::Producer::open({.kafka = options, .topics = {}, .linger = Duration{0}});
    producer_ = std::move(producer).value();
    auto tail = kafka::Tail::start(
        options, {asked}, [this](const kafka::Incoming& payment) { take(payment); }, patience);
    tail_ = std::move(tail).value();
    EXPECT_TRUE(tail_->is_reading());
  }

  std::multiset<std::string> paid() const {
    const std::lock_guard lock(mutex_);
    return paid_;
  }

 private:
  void take(const kafka::Incoming& payment) {
    const Json asked = read_json(payment.value.value_or(""));
    kafka::Outgoing receipt;
    receipt.topic = answered_;
    receipt.key = payment.key;
    receipt.value = Json{{"order", asked["order"]}, {"number", "R" + payment.key}}.dump();
    receipt.headers = {{"type", "receipt"}, {"trace", std::string(payment.header("trace"))}};
    {
      const std::lock_guard lock(mutex_);
      paid_.insert(payment.key);
    }
    const auto sent = receipt_of_(receipt, ++number_);
    if (sent) producer_->send({&*sent, 1}, [](const Result<void>&) {});
  }

  const std::string answered_;
  const ReceiptOf receipt_of_;
  mutable std::mutex mutex_;
  std::multiset<std::string> paid_;
  int number_ = 0;
  std::unique_ptr<kafka::Producer> producer_;
  std::unique_ptr<kafka::Tail> tail_;
};

class KafkaJourney : public testing::Test {
 protected:
  void SetUp() override { SAGACTL_NEEDS(kafka_brokers(), "Kafka"); }

  std::string profile(const std::string& within) const {
    return fmt::format(R"([create]
path = "/buy"
body = '{{"sku":"{{product}}"}}'
[answer]
order = "/id"
[[after]]
name = "pay"
produce = {{ topic = "{0}", key = "{{order}}", value = '{{"order":"{{order}}"}}', headers = {{ trace = "{{uuid}}" }} }}
[[after]]
name = "receipt"
consume = {{ topic = "{1}", key = "{{order}}", headers = {{ type = "receipt" }}, where = {{ "/order" = "{{order}}" }}, within = "{2}" }}
keep = {{ receipt = "/number", trace = {{ header = "trace" }} }}
[[after]]
name = "look"
path = "/receipts/{{receipt}}?trace={{trace}}"
)",
                       asked_, answered_, within);
  }

  CommandResult run(const std::string& within, const std::string& brokers) {
    sandbox_.write("shop.toml", profile(within));
    std::vector<std::string> command = {"--wide", "loadtest",  "individual", "--orders", "20",          "--concurrency",
                                        "8",      "--profile", "shop.toml",  "--url",    server_.url(), "--kafka",
                                        brokers,  "--drain",   "1s",         "-o",       "json"};
    if (!agents_.empty())
      command.insert(command.end(), {"--agents", join(addresses_, ","), "--agents-token-file", "agents.token"});
    return sandbox_.run(command);
  }

  // Runs are sent by two agents from now on.
  void start_agents() {
    sandbox_.write("agents.token", "a-token-of-the-agents\n");
    for (int i = 0; i < 2; ++i) {
      agents_.push_back(
          std::make_unique<Process>(std::vector<std::string>{"loadtest", "agent", "--listen", "0", "--token-file",
                                                             "agents.token", "-o", "ndjson"},
                                    sandbox_.directory()));
      const Json line = Json::parse(agents_.back()->next_line(), nullptr, false);
      ASSERT_TRUE(line.is_object()) << agents_.back()->wait().err;
      addresses_.push_back(line["agent"].get<std::string>());
    }
  }

  // The verdict about journeys of a run with such receipts.
  Json verdict_with(const std::string& within, PaymentService::ReceiptOf receipt_of) {
    const PaymentService payments(*kafka_brokers(), asked_, answered_, std::move(receipt_of));
    const CommandResult done = run(within, *kafka_brokers());
    EXPECT_EQ(payments.paid().size(), 20u);
    const Json result = done.json();
    EXPECT_TRUE(result.is_object()) << done.out << done.err;
    steps_ = result["journeys"]["steps"];
    for (const Json& verdict : result["verdicts"])
      if (verdict["name"] == "journeys-go-as-described") return verdict;
    return {};
  }

  TestAnswer take(const Received& request) {
    if (request.path == "/buy") return answer(201, Json{{"id", fmt::format("{}", ++orders_)}}.dump());
    looked_ += request.path.starts_with("/receipts/R") && request.path.find("?trace=") + 43 == request.path.size();
    return answer(200, "{}");
  }

  const std::string asked_ = "payments-" + new_uuid().text(), answered_ = "receipts-" + new_uuid().text();
  CliSandbox sandbox_;
  std::atomic<int> orders_ = 0, looked_ = 0;
  ScriptedServer server_{[this](const Received& request) { return take(request); }};
  Json steps_;
  std::vector<std::unique_ptr<Process>> agents_;
  std::vector<std::string> addresses_;
};

TEST_F(KafkaJourney, EachOrderIsPaidByAMessageAndHasItsOwnReceipt) {
  const Json verdict = verdict_with("60s", [](const kafka::Outgoing& receipt, int) { return std::optional(receipt); });
  EXPECT_EQ(verdict["verdict"], "PASS") << verdict.dump(1);
  EXPECT_EQ(looked_, 20);
  for (const Json& step : steps_) EXPECT_EQ(step["sent"], 20) << step.dump();
}

TEST_F(KafkaJourney, AgentsPayTheOrdersOfTheirSharesAndEachReadsItsOwnReceipts) {
  start_agents();
  const Json verdict = verdict_with("60s", [](const kafka::Outgoing& receipt, int) { return std::optional(receipt); });
  EXPECT_EQ(verdict["verdict"], "PASS") << verdict.dump(1);
  EXPECT_EQ(looked_, 20);
  for (const Json& step : steps_) EXPECT_EQ(step["sent"], 20) << step.dump();
}

TEST_F(KafkaJourney, AReceiptThatNeverComesToAnAgentIsFound) {
  start_agents();
  const Json verdict = verdict_with("2s", [](const kafka::Outgoing& receipt, int number) {
    return number == 7 ? std::nullopt : std::optional(receipt);
  });
  EXPECT_EQ(verdict["verdict"], "FAIL");
  EXPECT_THAT(verdict.dump(), HasSubstr("step 'receipt': 1 answer at the end of its time without what it waits for"));
  EXPECT_EQ(looked_, 19);
}

TEST_F(KafkaJourney, AnAgentThatFindsNoTopicSaysSoBeforeTheLoad) {
  start_agents();
  const CommandResult done = run("2s", *kafka_brokers());
  EXPECT_NE(done.code, 0);
  EXPECT_THAT(done.out + done.err, HasSubstr(fmt::format("has no topic {}", asked_)));
  EXPECT_THAT(done.out + done.err, HasSubstr("agent " + addresses_[0] + " cannot send"));
  EXPECT_EQ(orders_, 0);
}

TEST_F(KafkaJourney, AReceiptThatNeverComesIsFound) {
  const Json verdict = verdict_with("2s", [](const kafka::Outgoing& receipt, int number) {
    return number == 7 ? std::nullopt : std::optional(receipt);
  });
  EXPECT_EQ(verdict["verdict"], "FAIL");
  EXPECT_THAT(verdict.dump(), HasSubstr("step 'receipt': 1 answer at the end of its time without what it waits for"));
  EXPECT_THAT(verdict.dump(), HasSubstr("not within 2.00 s: "));
  EXPECT_EQ(looked_, 19);
}

TEST_F(KafkaJourney, AReceiptOfAnotherOrderIsFound) {
  const Json verdict = verdict_with("2s", [](kafka::Outgoing receipt, int number) {
    if (number == 7) receipt.value = R"({"order":"none","number":"R0"})";
    return std::optional(receipt);
  });
  EXPECT_EQ(verdict["verdict"], "FAIL");
  EXPECT_EQ(looked_, 19);
}

TEST_F(KafkaJourney, AReceiptWithoutAKeptValueIsFound) {
  const Json verdict = verdict_with("60s", [](kafka::Outgoing receipt, int number) {
    if (number == 7) receipt.value = fmt::format(R"({{"order":"{}"}})", receipt.key);
    return std::optional(receipt);
  });
  EXPECT_EQ(verdict["verdict"], "FAIL");
  EXPECT_THAT(verdict.dump(), HasSubstr("step 'receipt': 1 answer without a value that it keeps"));
}

TEST_F(KafkaJourney, ATopicThatDoesNotExistIsAnErrorBeforeTheLoad) {
  const CommandResult done = run("2s", *kafka_brokers());
  EXPECT_EQ(done.code, 4);
  EXPECT_THAT(done.out + done.err,
              HasSubstr(fmt::format("has no topic {}; create it, or correct its name in the profile", asked_)));
  EXPECT_EQ(orders_, 0);
}

TEST(KafkaJourneyWithoutKafka, SaysThatNoBrokerIsKnownOrAnswers) {
  CliSandbox sandbox;
  sandbox.write(
      "shop.toml",
      "[create]\npath = \"/buy\"\nbody = '{}'\n[answer]\norder = \"/id\"\n[[after]]\nname = \"pay\"\nproduce = { "
      "topic = \"payments\", value = \"{order}\" }\n");
  ScriptedServer server([](const Received&) { return answer(500, "{}"); });
  const std::vector<std::string> command = {"--wide", "--timeout", "2s",        "loadtest", "individual", "--orders",
                                            "1",      "--profile", "shop.toml", "--url",    server.url()};
  EXPECT_THAT(sandbox.run(command).err, HasSubstr("no Kafka brokers are configured; pass --kafka host:port"));
  std::vector<std::string> by_agents = command;
  by_agents.insert(by_agents.end(), {"--agents", "127.0.0.1:2"});
  EXPECT_THAT(sandbox.run(by_agents).err, HasSubstr("no Kafka brokers are configured; pass --kafka host:port"));
  std::vector<std::string> nowhere = command;
  nowhere.insert(nowhere.end(), {"--kafka", "127.0.0.1:1"});
  const CommandResult done = sandbox.run(nowhere);
  EXPECT_NE(done.code, 0);
  EXPECT_THAT(done.err, HasSubstr("Kafka at 127.0.0.1:1: no broker answers"));
}

}  // namespace
}  // namespace sagactl
