// Brokers that want TLS, a certificate or a log-in: what is right works, and what is wrong is reported with what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <future>
#include <mutex>

#include "common/crypto.hpp"
#include "common/log.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/kafka_diagnosis.hpp"
#include "server/adapters/kafka/client/login_token.hpp"
#include "server/adapters/kafka/client/topic_admin.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"
#include "server/adapters/kafka/kafka_bus.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/kafka_server.hpp"
#include "tests/services/services.hpp"
#include "tests/services/tcp_proxy.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

KafkaSecurity with_password(KafkaLogin login, const std::string& user = "saga") {
  KafkaSecurity security;
  security.tls = true;
  security.login = login;
  security.user = user;
  security.password = KafkaServer::password;
  return security;
}

std::string why_wrong(const KafkaSecurity& security, const std::string& brokers = "kafka-1:9093") {
  const auto checked = check_security(security, brokers);
  return checked ? "" : checked.error().message;
}

TEST(KafkaSecurityFlags, ThatDoNotGoTogetherAreRefusedWithWhatIsMissing) {
  EXPECT_EQ(why_wrong({}), "");
  EXPECT_EQ(why_wrong(with_password(KafkaLogin::scram_sha_512)), "");
  KafkaSecurity security = with_password(KafkaLogin::plain);
  security.user.clear();
  EXPECT_THAT(why_wrong(security), HasSubstr("--kafka-user"));
  security = with_password(KafkaLogin::scram_sha_256);
  security.password.clear();
  EXPECT_THAT(why_wrong(security), HasSubstr("--kafka-password-file"));
  security = with_password(KafkaLogin::none);
  EXPECT_THAT(why_wrong(security), HasSubstr("--kafka-sasl"));
  security = {};
  security.login = KafkaLogin::oauthbearer;
  EXPECT_THAT(why_wrong(security), HasSubstr("--kafka-token-file"));
  security = {};
  security.certificate_file = "/dev/null";
  EXPECT_THAT(why_wrong(security), HasSubstr("--kafka-key"));
  security = {};
  security.ca_file = "/no/such/file";
  EXPECT_THAT(why_wrong(security), AllOf(HasSubstr("--kafka-ca"), HasSubstr("/no/such/file")));
}

TEST(KafkaSecurityFlags, SendNoPasswordReadableOverANetwork) {
  KafkaSecurity security = with_password(KafkaLogin::plain);
  security.tls = false;
  EXPECT_THAT(why_wrong(security), HasSubstr("--kafka-tls"));
  EXPECT_THAT(why_wrong(security, "127.0.0.1:9092,kafka-1:9092"), HasSubstr("--kafka-tls"));
  EXPECT_EQ(why_wrong(security, "127.0.0.1:9092,localhost:9093"), "") << "it stays on this machine";
  security.login = KafkaLogin::scram_sha_512;
  EXPECT_EQ(why_wrong(security), "") << "it sends none";
}

// Older ones of the library cannot: they say so.
constexpr int scram_with_kafka_4 = 0x020601ff;

std::string a_token(const std::string& claims) {
  return base64url(R"({"alg":"none"})") + "." + base64url(claims) + ".";
}

TEST(KafkaToken, SaysUntilWhenItIsGoodAndWhoseItIs) {
  const Timestamp now{1'700'000'000'000'000};
  const auto token = kafka::read_token(" " + a_token(R"({"sub":"saga","exp":1700000600})") + "\n", now).value();
  EXPECT_EQ(token.principal, "saga");
  EXPECT_EQ(token.expires_at, now + 600s);
  EXPECT_EQ(token.text, a_token(R"({"sub":"saga","exp":1700000600})"));
  const auto opaque = kafka::read_token("a-token-of-another-kind", now).value();
  EXPECT_EQ(opaque.expires_at, now + 5min);
  EXPECT_THAT(kafka::read_token(a_token(R"({"exp":1699999999})"), now).error().message, HasSubstr("has expired"));
  EXPECT_THAT(kafka::read_token(" \n", now).error().message, HasSubstr("is empty"));
}

Result<void> publish(Bus& bus, std::int64_t sequence) {
  std::promise<Result<void>> answer;
  bus.publish({kafka::an_event("node-1", sequence, "c")},
              [&](Result<void> result) { answer.set_value(std::move(result)); });
  return answer.get_future().get();
}

class KafkaSecure : public testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KAFKA_SERVER();
    SAGACTL_NEEDS_PROGRAM(Certificates::can_be_made(), "openssl");
    certificates_ = std::make_unique<Certificates>();
    server_ = std::make_unique<KafkaServer>(*certificates_);
    server_->start();
  }

  KafkaOptions options(KafkaSecurity security) const {
    KafkaOptions made = kafka::site_options(server_->brokers_for_logins());
    if (security.uses_tls() && security.ca_file.empty()) security.ca_file = certificates_->file("ca.pem");
    made.security = std::move(security);
    return made;
  }
  KafkaOptions with_certificate(const std::string& name) const {
    KafkaSecurity security;
    security.tls = true;
    if (!name.empty()) {
      security.certificate_file = certificates_->file(name + ".pem");
      security.key_file = certificates_->file(name + ".key");
    }
    KafkaOptions made = options(security);
    made.brokers = server_->brokers_for_certificates();
    return made;
  }
  KafkaOptions with_token(const std::string& claims) const {
    KafkaSecurity security;
    security.tls = true;
    security.login = KafkaLogin::oauthbearer;
    security.token_file = certificates_->file("token");
    std::ofstream(security.token_file) << a_token(claims) << '\n';
    return options(security);
  }
  static std::string now_plus(Duration time) { return std::to_string((wall_clock_now() + time).us / 1'000'000); }
  // Why a start is refused: at once, or in the background when the brokers are slow. Waits until it says all of that.
  static std::string refusal(const KafkaOptions& options, const std::vector<const char*>& words) {
    const auto bus = make_kafka_bus(options);
    std::string told;
    eventually([&] {
      told = bus ? (*bus)->state().error : bus.error().message;
      return std::all_of(words.begin(), words.end(), [&](const char* word) { return told.find(word) != told.npos; });
    });
    return told;
  }

  // Lets `user` do that with the topic.
  void grant(const std::string& user, rd_kafka_AclOperation_t operation, const std::string& topic) const {
    const auto conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", server_->brokers().c_str(), nullptr, 0);
    const kafka::NativeHandle handle(rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0));
    const std::string principal = "User:" + user;
    rd_kafka_AclBinding_t* acl =
        rd_kafka_AclBinding_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                                principal.c_str(), "*", operation, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, nullptr, 0);
    const kafka::NativeQueue queue(rd_kafka_queue_new(handle.get()));
    rd_kafka_CreateAcls(handle.get(), &acl, 1, nullptr, queue.get());
    const kafka::NativeEvent event(rd_kafka_queue_poll(queue.get(), kafka::milliseconds(hang_limit)));
    rd_kafka_AclBinding_destroy(acl);
    ASSERT_TRUE(event);
    ASSERT_EQ(rd_kafka_event_error(event.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  std::unique_ptr<Certificates> certificates_;
  std::unique_ptr<KafkaServer> server_;
};

TEST_F(KafkaSecure, EveryWayToLogInPublishesAndReads) {
  std::vector<KafkaOptions> ways = {
      options(with_password(KafkaLogin::plain)), with_certificate("saga"),
      with_token(R"({"sub":"saga","iat":)" + now_plus(-60s) + R"(,"exp":)" + now_plus(3600s) + "}")};
  for (const KafkaLogin scram : {KafkaLogin::scram_sha_256, KafkaLogin::scram_sha_512}) {
    const KafkaOptions way = options(with_password(scram));
    if (rd_kafka_version() >= scram_with_kafka_4)
      ways.push_back(way);
    else
      EXPECT_THAT(refusal(way, {"2.6.1 can"}), HasSubstr("cannot log in by scram-sha"));
  }
  for (const KafkaOptions& way : ways) {
    const std::string name(to_string(way.security.login));
    const auto bus = make_kafka_bus(way);
    ASSERT_TRUE(bus) << name << ": " << bus.error().message;
    std::atomic<std::int64_t> received = 0;
    const auto end = (*bus)->subscribe([&](const Event& event) { received = event.sequence; });
    EXPECT_TRUE(eventually([&] { return publish(**bus, 7).ok(); })) << name << ": " << (*bus)->state().error;
    // A slow broker may let the subscription begin after that.
    EXPECT_TRUE(eventually([&] { return received == 7 || !publish(**bus, 7).ok(); })) << name;
    EXPECT_EQ(received, 7) << name;
    end();
  }
}

TEST_F(KafkaSecure, WhatIsRefusedIsToldAtTheStartAndByTheDoctor) {
  KafkaSecurity wrong_password = with_password(KafkaLogin::scram_sha_512);
  wrong_password.password = "wrong-one";
  KafkaSecurity wrong_authority = with_password(KafkaLogin::plain);
  wrong_authority.ca_file = certificates_->file("other.pem");
  KafkaOptions tls_to_plain = options(with_password(KafkaLogin::plain));
  tls_to_plain.brokers = server_->brokers();
  KafkaOptions plain_to_tls = options({});
  KafkaSecurity no_login;
  no_login.tls = true;
  const std::pair<KafkaOptions, std::vector<const char*>> cases[] = {
      {options(wrong_password), {"refuse user saga by scram-sha-512", "check the user and the password"}},
      {options(with_password(KafkaLogin::plain, "nobody")), {"refuse user nobody by plain"}},
      {options(wrong_authority), {"not trusted", "--kafka-ca"}},
      {tls_to_plain, {"does not speak TLS at that port"}},
      {with_certificate(""), {"want a certificate of the client", "--kafka-cert"}},
      {with_certificate("outsider"), {"refuse the client's certificate"}},
      {with_token(R"({"sub":"saga","exp":)" + now_plus(-60s) + "}"), {"the token has expired"}},
      {plain_to_tls, {"--kafka-tls"}},
      {options(no_login), {"--kafka-sasl"}},
  };
  for (const auto& [tried, said] : cases) {
    const std::string told = refusal(tried, said);
    const auto diagnosis = diagnose_kafka(tried, {"order-events"}, hang_limit);
    ASSERT_FALSE(diagnosis);
    for (const char* words : said) {
      EXPECT_THAT(told, HasSubstr(words));
      EXPECT_THAT(diagnosis.error().message, HasSubstr(words));
    }
    EXPECT_THAT(told, Not(HasSubstr("wrong-one")));
  }
}

TEST_F(KafkaSecure, WhatSlowBrokersRefuseIsLoggedWhenTheySaySo) {
  const std::string brokers = server_->brokers_for_logins();
  const int port = std::stoi(brokers.substr(brokers.find(':') + 1));
  const auto network = TcpProxy::start(0, static_cast<std::uint16_t>(port)).value();
  network->set(TcpProxy::Mode::black_hole);
  KafkaOptions wrong = options(with_password(KafkaLogin::plain, "nobody"));
  wrong.brokers = "127.0.0.1:" + std::to_string(network->port());
  std::mutex mutex;
  std::string log;
  set_log_sink([&](std::string_view line) {
    const std::lock_guard lock(mutex);
    log.append(line).append("\n");
  });
  const auto bus = make_kafka_bus(wrong);
  ASSERT_TRUE(bus) << "brokers that do not answer are no error: " << bus.error().message;
  network->set(TcpProxy::Mode::pass);
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return log.find("refuse user nobody by plain") != log.npos;
  })) << (*bus)->state().error;
  set_log_sink({});
}

TEST_F(KafkaSecure, AMissingRightIsNamedUntilItIsGranted) {
  KafkaOptions clerk = options(with_password(KafkaLogin::plain, "clerk"));
  const auto forbidden = make_kafka_bus(clerk);
  ASSERT_FALSE(forbidden);
  EXPECT_EQ(forbidden.error().code, ErrorCode::forbidden);
  EXPECT_THAT(forbidden.error().message, AllOf(HasSubstr("order-events"), HasSubstr("sagactl topics list")));

  // Somebody else makes the topics, with settings of their own, and the clerk may see and fill all but one.
  KafkaOptions saga = options(with_password(KafkaLogin::plain));
  saga.topic_prefix = clerk.topic_prefix;
  const std::vector<std::string> topics = topics_of({}, clerk);
  const TopicPlan plan{3, 1, {{"retention.ms", "86400000"}}};
  EXPECT_TRUE(create_topics(saga, topics, plan, hang_limit).value().empty());
  const auto made = diagnose_kafka(saga, {topics.front()}, hang_limit);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->topics.front().partitions, 3);
  EXPECT_EQ(made->topics.front().replicas, 1);
  EXPECT_EQ(made->topics.front().settings.at("retention.ms"), "86400000");
  EXPECT_EQ(made->topics.front().unfit, "");
  const std::string closed = clerk.topic_prefix + "order-events";
  for (const std::string& topic : topics) {
    grant("clerk", RD_KAFKA_ACL_OPERATION_DESCRIBE, topic);
    if (topic != closed) grant("clerk", RD_KAFKA_ACL_OPERATION_WRITE, topic);
  }
  std::unique_ptr<Bus> bus;
  ASSERT_TRUE(eventually([&] {  // rights take effect a little later
    auto opened = make_kafka_bus(clerk);
    if (opened) bus = std::move(opened).value();
    return bus != nullptr;
  }));
  EXPECT_FALSE(publish(*bus, 1));
  EXPECT_TRUE(eventually([&] { return !bus->state().available; }));
  EXPECT_THAT(bus->state().error,
              AllOf(HasSubstr("does not let this client write to topic " + closed), HasSubstr("docs/operations.md")));
  grant("clerk", RD_KAFKA_ACL_OPERATION_WRITE, closed);
  EXPECT_TRUE(eventually([&] { return publish(*bus, 1).ok(); }));
  EXPECT_TRUE(eventually([&] { return bus->state().available; })) << bus->state().error;
  for (const std::string& topic : topics) grant("clerk", RD_KAFKA_ACL_OPERATION_READ, topic);
  std::atomic<int> received = 0;
  const auto end = bus->subscribe([&](const Event&) { ++received; });
  EXPECT_TRUE(eventually([&] { return publish(*bus, 2).ok() && received > 0; })) << "without a right to a group";
  end();
}

TEST(KafkaTopics, ThatWouldLoseMessagesAreUnfit) {
  SAGACTL_NEEDS(kafka_brokers(), "Kafka");
  const KafkaOptions plain = kafka::site_options(*kafka_brokers());
  const std::string compacted = plain.topic_prefix + "a", unwritable = plain.topic_prefix + "b";
  EXPECT_TRUE(create_topics(plain, {compacted}, {1, 1, {{"cleanup.policy", "compact"}}}, hang_limit).value().empty());
  EXPECT_TRUE(create_topics(plain, {unwritable}, {1, 1, {{"min.insync.replicas", "2"}}}, hang_limit).value().empty());
  const auto refused = create_topics(plain, {plain.topic_prefix + "c"}, {1, 9, {}}, hang_limit).value();
  ASSERT_EQ(refused.size(), 1u) << "there are not nine brokers";
  EXPECT_THAT(refused.begin()->second.message, HasSubstr("replication factor"));
  const auto found = diagnose_kafka(plain, {compacted, unwritable}, hang_limit);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(found->topics[0].unfit, HasSubstr("cleanup.policy is compact"));
  EXPECT_THAT(found->topics[1].unfit, HasSubstr("min.insync.replicas is 2"));
}

}  // namespace
}  // namespace sagactl
