// A server with a certificate, and clients with and without TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/id.hpp"
#include "httpclient/http_client.hpp"
#include "tests/http/support/server_fixture.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl::http::testing {
namespace {

using ::testing::HasSubstr;

class TlsTest : public ServerTest {
 protected:
  TlsTest() : folder_(std::filesystem::temp_directory_path() / ("sagactl-" + new_uuid().text())) {
    std::filesystem::create_directory(folder_);
    const TlsIdentity identity = make_identity("IP:127.0.0.1");
    std::ofstream(certificate()) << identity.certificate;
    std::ofstream(key()) << identity.key;
    std::ofstream(folder_ / "other.key") << make_identity("IP:127.0.0.1").key;
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path certificate() const { return folder_ / "server.pem"; }
  std::filesystem::path key() const { return folder_ / "server.key"; }
  ServerOptions secured(Limits limits = {}) const {
    ServerOptions options;
    options.limits = limits;
    options.tls = *make_server_tls(certificate(), key());
    return options;
  }
  HttpClient client_of(const TestHttpServer& server) const {
    HttpClientOptions options;
    options.connect.authorities = certificate();
    return HttpClient(*parse_node_url("https://127.0.0.1:" + std::to_string(server.port())), options);
  }

  const std::filesystem::path folder_;
};

TEST_F(TlsTest, AnswersLargeAndSmallRequestsOnOneConnection) {
  const TestHttpServer server(routes(), secured());
  HttpClient client = client_of(server);
  for (int i = 0; i < 3; ++i) {
    const auto small = client.get("/n/" + std::to_string(i));
    ASSERT_TRUE(small) << small.error().message;
    EXPECT_EQ(small->body, std::to_string(i));
    const auto big = client.get("/big");
    ASSERT_TRUE(big) << big.error().message;
    EXPECT_EQ(big->body.size(), 8'000'000u);
  }
  const std::string text(60'000, 'y');
  const auto echoed = client.send({"POST", "/echo", text, {}});
  ASSERT_TRUE(echoed) << echoed.error().message;
  EXPECT_EQ(echoed->body, text);
}

TEST_F(TlsTest, AClientWithoutTlsLearnsThatItIsMissing) {
  const TestHttpServer server(routes(), secured());
  HttpClient client(*parse_node_url("127.0.0.1:" + std::to_string(server.port())));
  const auto plain = client.get("/n/1");
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().members.value("tls", ""), "wanted") << plain.error().message;
}

TEST_F(TlsTest, AClientThatSaysNothingIsDisconnected) {
  Limits limits;
  limits.read_timeout = std::chrono::milliseconds(50);
  const TestHttpServer server(routes(), secured(limits));
  RawClient client = server.connect();
  EXPECT_TRUE(client.closes_silently());
}

TEST_F(TlsTest, AnAnswerThatEndsTheConnectionArrivesWhole) {
  const TestHttpServer server(routes(), secured());
  HttpClient client = client_of(server);
  HttpRequest request{"GET", "/big", {}, {{"Connection", "close"}}};
  const auto big = client.send(request);
  ASSERT_TRUE(big) << big.error().message;
  EXPECT_EQ(big->body.size(), 8'000'000u);
  EXPECT_TRUE(client.get("/n/2")) << "by another connection";
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreNamed) {
  const auto no_file = make_server_tls(folder_ / "none.pem", key());
  ASSERT_FALSE(no_file);
  EXPECT_THAT(no_file.error().message, HasSubstr("none.pem is no certificate in PEM that can be read"));
  const auto other_key = make_server_tls(certificate(), folder_ / "other.key");
  ASSERT_FALSE(other_key);
  EXPECT_EQ(other_key.error().code, ErrorCode::invalid);
  EXPECT_THAT(other_key.error().message, HasSubstr("other.key is no key in PEM that can be read, or not that of the "));
}

}  // namespace
}  // namespace sagactl::http::testing
