// Calls through an HTTP proxy: the proxy alone knows what a name leads to.
#include <gmock/gmock.h>

#include <filesystem>

#include "server/adapters/participants/call_proxy.hpp"
#include "tests/http_participants/caller_under_test.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
namespace asio = boost::asio;

ParticipantCallerOptions through(const std::string& proxy, std::vector<std::string> allow,
                                 std::vector<std::string> except = {}) {
  ParticipantCallerOptions options;
  options.allow = std::move(allow);
  options.proxy = proxy;
  options.no_proxy = std::move(except);
  options.resolve = [](const std::string& host) -> Result<Addresses> {
    if (host == "direct.example") return Addresses{asio::ip::make_address("127.0.0.1")};
    return Error{ErrorCode::unavailable, "the name service was asked for " + host};
  };
  return options;
}

TEST(ParticipantProxy, GetsTheWholeUrlOfAServerThatOnlyItCanName) {
  std::string path, host;
  std::mutex mutex;
  const ScriptedServer proxy([&](const Received& request) {
    const std::lock_guard lock(mutex);
    path = request.path;
    host = request.headers.at("host");
    return answer(200, "{}");
  });
  const CallerUnderTest test(through(proxy.url(), {"shop.example"}));
  const auto trip = trip_to("http://shop.example:8080");
  EXPECT_TRUE(test.caller->check(*trip));
  const ParticipantAnswer answered = test.ask(call_of(trip));
  EXPECT_EQ(answered.status, 200) << answered.failure;
  EXPECT_EQ(path, "http://shop.example:8080/bookings");
  EXPECT_EQ(host, "shop.example:8080");
  EXPECT_EQ(test.ask(call_of(trip)).status, 200);
  EXPECT_EQ(proxy.connections(), 1u) << "the connection is kept";
}

TEST(ParticipantProxy, ConnectsToAServerOverTlsAndSeesNothingOfTheCall) {
  const TlsServer server("DNS:shop.example");
  const std::string url = server.url();
  const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  const ConnectingProxy proxy(port, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
  ParticipantCallerOptions options = through(proxy.url(), {"shop.example"});
  options.files = server.certificate().parent_path();
  auto trip = trip_to("https://shop.example");
  trip->participants[0].ca = server.certificate().filename();
  const CallerUnderTest test(options);
  for (int i = 1; i <= 3; ++i) {
    const ParticipantAnswer answered = test.ask(call_of(trip));
    EXPECT_EQ(answered.status, 200) << answered.failure;
    EXPECT_EQ(server.requests(), i);
  }
  EXPECT_EQ(proxy.asked(), "CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n");
}

TEST(ParticipantProxy, ThatRefusesOrIsNoneLeavesTheCallUnsent) {
  const std::pair<const char*, const char*> rows[] = {
      {"HTTP/1.1 403 Forbidden\r\n\r\n", " answered 403 to CONNECT shop.example:443"},
      {"nonsense without an end\r\n\r\n", " is no HTTP proxy"},
      {"", " closed the connection"}};
  for (const auto& [answer, reason] : rows) {
    const ConnectingProxy proxy(1, answer);
    const CallerUnderTest test(through(proxy.url(), {"shop.example"}));
    const ParticipantAnswer answered = test.ask(call_of(trip_to("https://shop.example")));
    EXPECT_EQ(answered.status, 0);
    EXPECT_THAT(answered.failure, HasSubstr("the proxy " + proxy.url() + reason));
    EXPECT_FALSE(answered.was_sent);
  }
  const std::string nothing = "http://127.0.0.1:" + std::to_string(closed_port());
  const CallerUnderTest test(through(nothing, {"shop.example"}));
  EXPECT_THAT(test.ask(call_of(trip_to("http://shop.example"))).failure,
              HasSubstr("nothing answers at the proxy " + nothing + ": connection refused"));
}

TEST(ParticipantProxy, ExceptionsAndThisMachineAreCalledDirectly) {
  const ScriptedServer server([](const Received&) { return answer(200, "{}"); });
  const std::string nowhere = "http://127.0.0.1:" + std::to_string(closed_port());
  const CallerUnderTest test(
      through(nowhere, {"127.0.0.1", "direct.example", "10.0.0.0/8"}, {"*.internal", "direct.example", "10.0.0.0/8"}));
  EXPECT_EQ(test.ask(call_of(trip_to(server.url()))).status, 200);
  EXPECT_EQ(test.ask(call_of(trip_to("http://direct.example:" + std::to_string(server.port())))).status, 200);
  const CallProxy proxy = CallProxy::parse(nowhere, std::vector<std::string>{"*.internal", "10.0.0.0/8"}).value();
  EXPECT_FALSE(proxy.is_for(parse_http_url("http://hotel.internal").value()));
  EXPECT_FALSE(proxy.is_for(parse_http_url("http://10.1.2.3").value()));
  EXPECT_FALSE(proxy.is_for(parse_http_url("http://localhost").value()));
  EXPECT_FALSE(proxy.is_for(parse_http_url("http://[::1]").value()));
  EXPECT_TRUE(proxy.is_for(parse_http_url("http://internal").value()));
  EXPECT_TRUE(proxy.is_for(parse_http_url("http://11.1.2.3").value()));
}

TEST(ParticipantProxy, HidesNoServerFromTheList) {
  const ScriptedServer proxy([](const Received&) { return answer(200, "{}"); });
  const CallerUnderTest test(through(proxy.url(), {"shop.example", "10.0.0.0/8"}));
  const std::pair<const char*, const char*> rows[] = {
      {"http://other.example", "through a proxy, as its host is not listed by its name"},
      {"http://11.0.0.1", "this node may not call http://11.0.0.1:80; it may call shop.example, 10.0.0.0/8"},
      {"http://169.254.169.254", "this node may not call http://169.254.169.254:80"}};
  for (const auto& [url, reason] : rows) {
    const ParticipantAnswer answered = test.ask(call_of(trip_to(url)));
    EXPECT_THAT(answered.failure, HasSubstr(reason)) << url;
    EXPECT_FALSE(answered.was_called) << url;
    EXPECT_FALSE(test.caller->check(*trip_to(url))) << url;
  }
  EXPECT_THAT(test.caller->check(*trip_to("http://other.example")).error().message,
              HasSubstr("through the proxy: its host has to be listed by its name"));
  EXPECT_TRUE(test.caller->check(*trip_to("http://10.0.0.7")));
  EXPECT_EQ(proxy.connections(), 0u);
}

TEST(ParticipantProxy, WhatIsNoProxyIsRefused) {
  const auto clock = make_system_clock();
  for (const char* url : {"proxy:3128", "https://proxy", "http://proxy/path"}) {
    ParticipantCallerOptions options;
    options.proxy = url;
    const auto made = make_participant_caller(options, *clock);
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().code, ErrorCode::invalid);
  }
}

}  // namespace
}  // namespace sagactl
