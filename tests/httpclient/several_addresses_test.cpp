// A name with several addresses, of which the first is unresponsive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "httpclient/async_http_client.hpp"
#include "httpclient/http_client.hpp"
#include "tests/httpclient/hosts_file.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/httpclient/unresponsive_address.hpp"

namespace sagactl {
namespace {

class SeveralAddresses : public testing::Test {
 protected:
  void SetUp() override {
    if (!name_two_addresses()) GTEST_SKIP() << "names of its own need the rights of root";
  }

  ScriptedServer server{[](const Received&) { return answer(200, R"({"is":"there"})"); }, "127.0.0.2"};
  UnresponsiveAddress unresponsive{server.port()};
  const Url url = *parse_node_url("http://two.test:" + std::to_string(server.port()));
};

TEST_F(SeveralAddresses, AnUnresponsiveOneHidesNoOther) {
  const auto response = HttpClient(url).get("/");
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->status, 200);
}

TEST_F(SeveralAddresses, AnUnresponsiveOneHidesNoOtherFromTheAsyncClient) {
  const auto client = AsyncHttpClient::make(url, {}).value();
  std::promise<Result<HttpResponse>> answered;
  client->send({"GET", "/", "", {}}, [&](Result<HttpResponse> response) { answered.set_value(std::move(response)); });
  const auto response = answered.get_future().get();
  ASSERT_TRUE(response.ok()) << response.error().message;
}

TEST_F(SeveralAddresses, AreEachNamedWithTheirFailure) {
  const std::uint16_t port = closed_port();
  const UnresponsiveAddress there(port);
  const auto response = HttpClient(*parse_node_url("http://two.test:" + std::to_string(port))).get("/");
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::unavailable);
  EXPECT_THAT(response.error().message, testing::HasSubstr("127.0.0.1: the time was up"));
  EXPECT_THAT(response.error().message, testing::HasSubstr("127.0.0.2: connection refused"));
}

}  // namespace
}  // namespace sagactl
