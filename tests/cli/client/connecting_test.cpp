// Commands that reach a node over TLS, through a proxy or at a Unix socket.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr const char* asked = "GET /sagas?page=1&limit=20";

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

// A node that answers `saga list`.
class CliConnecting : public testing::Test {
 protected:
  void SetUp() override { node.answer(asked, 200, some_sagas({})); }
  CommandResult list(const std::string& url, std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"saga", "list", "--url", url});
    return sandbox.run(flags);
  }

  FakeNode node;
  CliSandbox sandbox;
};

TEST_F(CliConnecting, TrustsTheAuthorityOfCaFile) {
  const TlsFront front(port_of(node.url()), make_identity("IP:127.0.0.1"));
  const CommandResult outcome = list(front.url(), {"--ca-file", front.certificate().string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err.find("insecure"), std::string::npos);
  sandbox.variables["SAGACTL_CA_FILE"] = front.certificate().string();
  EXPECT_EQ(list(front.url(), {}).code, 0);
}

TEST_F(CliConnecting, SaysWhatToDoAboutACertificate) {
  const TlsFront front(port_of(node.url()), make_identity("IP:127.0.0.1"));
  const CommandResult outcome = list(front.url(), {});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("self-signed certificate"));
  EXPECT_THAT(outcome.err, HasSubstr("--ca-file"));
  const TlsFront other(port_of(node.url()), make_identity("DNS:shop.example"));
  EXPECT_THAT(list(other.url(), {"--ca-file", other.certificate().string()}).err,
              HasSubstr("use a host name from its certificate in --url"));
  const BlurtingServer http("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(list("https://127.0.0.1:" + std::to_string(http.port()), {}).err, HasSubstr("write http:// in --url"));
}

TEST_F(CliConnecting, SaysThatInsecureBelievesAnybody) {
  const TlsFront front(port_of(node.url()), make_identity("DNS:shop.example"));
  const CommandResult outcome = list(front.url(), {"--insecure"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "sagactl: warning: --insecure: the server's identity is not verified\nno sagas\n") << "once";
  EXPECT_EQ(list(node.url(), {"--insecure"}).err.find("warning"), std::string::npos) << "http has no certificates";
}

TEST_F(CliConnecting, ShowsTheCertificateOfCert) {
  const TlsIdentity identity = make_identity("DNS:client");
  const TemporaryFile certificate(identity.certificate), key(identity.key);
  const TlsFront front(port_of(node.url()), make_identity("IP:127.0.0.1"), certificate.path());
  const std::string authority = front.certificate().string();
  const CommandResult outcome = list(
      front.url(), {"--ca-file", authority, "--cert", certificate.path().string(), "--cert-key", key.path().string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(list(front.url(), {"--cert", certificate.path().string()}).err, HasSubstr("--cert needs --cert-key"));
  const CommandResult none = list(front.url(), {"--ca-file", "nowhere.pem"});
  EXPECT_EQ(none.code, 4);
  EXPECT_THAT(none.err, HasSubstr("--ca-file: nowhere.pem is not a file that can be read"));
}

TEST_F(CliConnecting, LeadsThroughAProxyWhosePasswordItKeeps) {
  const TlsFront front(port_of(node.url()), make_identity("DNS:node.example"));
  const ConnectingProxy proxy(port_of(front.url()), "HTTP/1.1 200 OK\r\n\r\n");
  const CommandResult outcome = list("https://node.example", {"--ca-file", front.certificate().string(), "--proxy",
                                                              "http://ann:s3cret@" + proxy.address()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const CommandResult wrong = list(node.url(), {"--proxy", "http://ann:s3cret@proxy/path"});
  EXPECT_EQ(wrong.code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("--proxy: "));
  EXPECT_EQ(wrong.err.find("s3cret"), std::string::npos);
}

TEST_F(CliConnecting, LeadsToAUnixSocket) {
  const SocketFront front(port_of(node.url()));
  EXPECT_EQ(list("unix://" + front.path().string(), {}).code, 0);
  const CommandResult none = list("unix:///nowhere.sock", {});
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(none.err, HasSubstr("nothing answers at unix:///nowhere.sock"));
}

TEST_F(CliConnecting, IsCheckedByTheDoctor) {
  const TlsFront front(port_of(node.url()), make_identity("IP:127.0.0.1"));
  EXPECT_THAT(sandbox.run({"doctor", "--wide", "--url", front.url()}).out, HasSubstr("--ca-file"));
  EXPECT_THAT(sandbox.run({"doctor", "--wide", "--url", "unix:///nowhere.sock"}).out,
              HasSubstr("nothing answers at unix:///nowhere.sock"));
}

TEST_F(CliConnecting, IsStoredInAContext) {
  const TlsFront front(port_of(node.url()), make_identity("IP:127.0.0.1"));
  ASSERT_EQ(
      sandbox.run({"context", "set", "tls", "--url", front.url(), "--ca-file", front.certificate().string()}).code, 0);
  EXPECT_EQ(sandbox.run({"saga", "list"}).code, 0);
}

}  // namespace
}  // namespace sagactl
