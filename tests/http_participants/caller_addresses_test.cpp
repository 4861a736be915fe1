// Calls go only to servers that this node may call, by name and by address.
#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <memory>

#include "httpclient/url.hpp"
#include "tests/http_participants/caller_under_test.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// Names with addresses as a test wants them.
Resolver::Resolve names(std::map<std::string, std::vector<std::string>> known) {
  return [known = std::move(known)](const std::string& host) -> Result<Addresses> {
    boost::system::error_code is_name;
    const auto address = boost::asio::ip::make_address(host, is_name);
    if (!is_name) return Addresses{address};
    const auto found = known.find(host);
    if (found == known.end()) return Error{ErrorCode::unavailable, "cannot resolve the host '" + host + "'"};
    Addresses addresses;
    for (const std::string& text : found->second) addresses.push_back(boost::asio::ip::make_address(text));
    return addresses;
  };
}

std::string url_at(const std::string& host, const ScriptedServer& server) {
  return "http://" + host + ":" + std::to_string(server.port());
}

void expect_not_called(const ParticipantAnswer& answer, const std::string& why) {
  EXPECT_FALSE(answer.was_called) << why;
  EXPECT_FALSE(answer.was_sent) << why;
  EXPECT_THAT(answer.failure, HasSubstr("this node may not call")) << why;
  EXPECT_THAT(answer.failure, HasSubstr("--participants-allow")) << why;
}

TEST(ParticipantAddresses, AreOfThisMachineAloneByDefault) {
  const CallerUnderTest test;
  expect_not_called(test.ask(call_of(trip_to("http://10.0.0.1:1"))), "private");
  expect_not_called(test.ask(call_of(trip_to("http://169.254.169.254"))), "metadata");
  expect_not_called(test.ask(call_of(trip_to("http://[fe80::1]:80"))), "link-local");
}

TEST(ParticipantAddresses, OfANameAreCheckedWhenItIsResolved) {
  ScriptedServer server([](const Received&) { return answer(200, "{}"); });
  ParticipantCallerOptions options;
  options.allow = {"*.example", "127.0.0.0/8"};
  options.resolve = names({{"hotel.example", {"127.0.0.1"}},
                           {"evil.example", {"169.254.169.254"}},
                           {"half.example", {"169.254.169.254", "127.0.0.1"}},
                           {"near.test", {"127.0.0.1"}},
                           {"far.test", {"10.0.0.1"}}});
  const CallerUnderTest test(options);
  EXPECT_EQ(test.ask(call_of(trip_to(url_at("hotel.example", server)))).status, 200);
  EXPECT_EQ(test.ask(call_of(trip_to(url_at("half.example", server)))).status, 200) << "by its other address";
  EXPECT_EQ(test.ask(call_of(trip_to(url_at("near.test", server)))).status, 200) << "by its address";
  const ParticipantAnswer evil = test.ask(call_of(trip_to(url_at("evil.example", server))));
  expect_not_called(evil, "a name that leads to the metadata service");
  EXPECT_THAT(evil.failure, HasSubstr("which is 169.254.169.254"));
  expect_not_called(test.ask(call_of(trip_to(url_at("far.test", server)))), "in no range");
}

TEST(ParticipantAddresses, ThatMayNotBeCalledOpenNoBreaker) {
  ParticipantCallerOptions options;
  options.resolve = names({{"far.test", {"10.0.0.1"}}});
  const CallerUnderTest test(options);
  const auto trip = trip_to("http://far.test");
  for (int i = 0; i < 10; ++i) expect_not_called(test.ask(call_of(trip)), std::to_string(i));
}

TEST(ParticipantAddresses, AreTriedInTurn) {
  ScriptedServer server([](const Received&) { return answer(200, "{}"); }, "127.0.0.2");
  ParticipantCallerOptions options;
  options.resolve = names({{"two.test", {"127.0.0.1", "127.0.0.2"}}});
  const CallerUnderTest test(options);
  EXPECT_EQ(test.ask(call_of(trip_to(url_at("two.test", server)))).status, 200);
  const std::string port = ":" + std::to_string(closed_port());
  const ParticipantAnswer none = test.ask(call_of(trip_to("http://two.test" + port)));
  EXPECT_THAT(none.failure, HasSubstr("127.0.0.1: connection refused; 127.0.0.2: connection refused"));
}

TEST(ParticipantAddresses, OfOneHostThatAreNotFoundHoldUpNoOther) {
  Gate gate;
  ScriptedServer server([](const Received&) { return answer(200, "{}"); });
  ParticipantCallerOptions options;
  options.allow = {"*.test"};
  options.resolve = [&](const std::string& host) -> Result<Addresses> {
    if (host == "lost.test") {
      gate.wait();
      return Error{ErrorCode::unavailable, "no such host"};
    }
    return Addresses{boost::asio::ip::make_address("127.0.0.1")};
  };
  const CallerUnderTest test(options);
  Answers lost;
  test.caller->call(call_of(trip_to("http://lost.test", 300ms)), lost.next());
  gate.await(1);
  EXPECT_EQ(test.ask(call_of(trip_to(url_at("found.test", server)))).status, 200);
  const ParticipantAnswer late = lost.wait_for(1).front();
  EXPECT_THAT(late.failure, HasSubstr("cannot resolve the host 'lost.test' within 300 ms"));
  EXPECT_FALSE(late.was_sent);
  gate.open();
}

// The system's clock, some time later.
class LaterClock : public Clock {
 public:
  void pass(Duration time) { later_us_ += time.count(); }
  Timestamp now() const override { return clock_->now() + Duration{later_us_.load()}; }
  SteadyTime steady() const override { return clock_->steady() + Duration{later_us_.load()}; }
  void after(Duration delay, std::function<void()> work) override { clock_->after(delay, std::move(work)); }

 private:
  std::atomic<std::int64_t> later_us_ = 0;
  const std::unique_ptr<Clock> clock_ = make_system_clock();
};

// The connection is in use all the time, and the server at the former address goes on.
TEST(ParticipantAddresses, OfANameThatHasOthersNowAreCalledWithinAMinute) {
  ScriptedServer former([](const Received&) { return answer(200, "{}"); });
  ScriptedServer present([](const Received&) { return answer(201, "{}"); }, "127.0.0.2", former.port());
  std::atomic<bool> has_moved = false;
  ParticipantCallerOptions options;
  options.resolve = [&](const std::string&) -> Result<Addresses> {
    return Addresses{boost::asio::ip::make_address(has_moved ? "127.0.0.2" : "127.0.0.1")};
  };
  LaterClock clock;
  const auto caller = make_participant_caller(options, clock).value();
  const auto definition = trip_to(url_at("hotel.test", former));
  const auto ask = [&] {
    Answers answers;
    caller->call(call_of(definition), answers.next());
    return answers.wait_for(1).front().status;
  };
  EXPECT_EQ(ask(), 200);
  has_moved = true;
  int status = 0;
  for (int calls = 0; calls < 30; ++calls) {
    clock.pass(2s);
    status = ask();
  }
  EXPECT_EQ(status, 201);
  EXPECT_LT(present.connections(), 10u) << "a connection is kept for some calls";
}

TEST(ParticipantAddresses, ThatALocationLeadsToAreCheckedAndGetNoProofOfThisNode) {
  Received got;
  ScriptedServer own([](const Received&) { return answer(200, "{}"); });
  ScriptedServer other([&](const Received& received) {
    got = received;
    return answer(200, "{}");
  });
  ParticipantCallerOptions options;
  options.shared_secret = "of the cluster";
  options.node_url = "http://node:3000";
  const CallerUnderTest test(options);
  ParticipantCall poll = call_of(trip_to(own.url()));
  poll.is_question = true;
  poll.method = "GET";
  poll.url = other.url() + "/jobs/1";
  ParticipantCall elsewhere = poll;
  EXPECT_EQ(test.ask(std::move(poll)).status, 200);
  EXPECT_EQ(got.path, "/jobs/1");
  EXPECT_FALSE(got.headers.contains("saga-answer"));
  elsewhere.url = "http://169.254.169.254/latest/meta-data";
  expect_not_called(test.ask(std::move(elsewhere)), "a Location");
  ParticipantCall file = call_of(trip_to(own.url()));
  file.url = "file:///etc/passwd";
  EXPECT_FALSE(test.ask(std::move(file)).was_called);
}

TEST(ParticipantCheck, SaysWhichParticipantsThisNodeMayNotCall) {
  ParticipantCallerOptions options;
  options.allow = {"hotel", "10.0.0.0/8"};
  options.resolve = names({{"near.test", {"10.0.0.1"}}, {"far.test", {"11.0.0.1"}}});
  const CallerUnderTest test(options);
  for (const char* url : {"http://hotel:8080", "http://10.1.2.3", "https://near.test/api"})
    EXPECT_TRUE(test.caller->check(*trip_to(url))) << url;
  for (const char* url : {"http://far.test", "http://192.168.0.1", "http://unknown.test", "http://169.254.169.254"}) {
    const auto checked = test.caller->check(*trip_to(url));
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, ErrorCode::invalid);
    EXPECT_THAT(checked.error().message, HasSubstr("the participant 'hotel' at " + parse_http_url(url)->text()));
  }
  const auto far = test.caller->check(*trip_to("http://far.test"));
  EXPECT_THAT(far.error().message, HasSubstr("which is 11.0.0.1; it may call hotel, 10.0.0.0/8"));
  SagaDefinition by_message = *trip_to("");
  by_message.participants[0].topic = "mail-commands";
  const auto asked = test.caller->check(by_message);
  ASSERT_FALSE(asked) << "no saga could ever call it";
  EXPECT_THAT(asked.error().message, HasSubstr("is asked by message, and not over HTTP"));
}

TEST(ParticipantCallerOptions, WithAnEntryThatIsNoServerAreRefused) {
  const auto clock = make_system_clock();
  ParticipantCallerOptions options;
  options.allow = {"10.0.0.0/99"};
  const auto made = make_participant_caller(options, *clock);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace sagactl
