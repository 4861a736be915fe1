// Commands that reach a node over TLS, through a proxy or at a Unix socket.
#include <gmock/gmock.h>

#include "cli/client/node_client.hpp"
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

TEST_F(CliConnecting, NamesAProxyThatIsDown) {
  const CommandResult down = list("http://node.example", {"--proxy", "http://ann:s3cret@127.0.0.1:1"});
  EXPECT_EQ(down.code, 5);
  EXPECT_THAT(down.err, HasSubstr("nothing answers at the proxy http://127.0.0.1:1: connection refused"));
  EXPECT_THAT(down.err, HasSubstr("start the proxy, write its address in --proxy, or leave --proxy out"));
  const CommandResult unknown = list("http://node.example", {"--proxy", "no-such-proxy.invalid:3128"});
  EXPECT_THAT(unknown.err, HasSubstr("cannot resolve the host 'no-such-proxy.invalid', which is the proxy's"));
  const CommandResult load = sandbox.run({"loadtest", "individual", "--orders", "1", "--token", "t", "--url",
                                          "http://node.example", "--proxy", "http://ann:s3cret@127.0.0.1:1"});
  EXPECT_EQ(load.code, 5) << load.out;
  EXPECT_THAT(load.err,
              HasSubstr("cannot connect to the proxy http://127.0.0.1:1, which leads to http://node.example"));
  EXPECT_THAT(load.err, HasSubstr("start the proxy"));
  EXPECT_EQ(load.err.find("s3cret"), std::string::npos);
}

// Most servers of https close such a connection without a word.
TEST_F(CliConnecting, AsksForHttpsWhereTheServerSpeaksIt) {
  const TlsFront front(port_of(node.url()), make_identity("IP:127.0.0.1"));
  std::string http = front.url();
  http.erase(http.find('s'), 1);
  const auto wants_https = [&](const std::vector<std::string>& words) {
    const CommandResult outcome = sandbox.run(words);
    EXPECT_EQ(outcome.code, 5) << words.front() << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr("the server speaks https; try " + front.url())) << words.front();
    EXPECT_THAT(outcome.err, HasSubstr("write https:// in the place of http://")) << words.front();
  };
  wants_https({"saga", "list", "--url", http});
  wants_https({"saga", "start", "trip", "--url", http});
  wants_https({"trace", some_id, "--url", http});
  wants_https({"loadtest", "individual", "--orders", "3", "--url", http});
  sandbox.write("shop.toml", "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n");
  wants_https({"loadtest", "individual", "--orders", "3", "--profile", "shop.toml", "--url", http});
  sandbox.write("agents.token", "0123456789abcdef\n");
  wants_https({"loadtest", "individual", "--orders", "3", "--url", http, "--agents", http, "--agents-token-file",
               "agents.token"});
}

TEST_F(CliConnecting, TellsAnotherServerFromANode) {
  const auto said_of = [&](const std::string& answer) {
    const BlurtingServer other(answer);
    return list("http://127.0.0.1:" + std::to_string(other.port()), {}).err;
  };
  const std::string missing = said_of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(missing, HasSubstr(" answered GET /sagas otherwise than a node: HTTP 404"));
  EXPECT_THAT(missing, HasSubstr("is this the address of a node?"));
  EXPECT_THAT(said_of("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"),
              HasSubstr("otherwise than a node: the answer (HTTP 200) is no JSON: '<html>'"));
}

TEST_F(CliConnecting, SaysThatAnAddressHasAPathOfItsOwn) {
  const BlurtingServer page("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n<html>\n<head>\n");
  const std::string said = list("http://127.0.0.1:" + std::to_string(page.port()) + "/ui", {"--wide"}).err;
  EXPECT_THAT(said, HasSubstr("is no JSON: '<html> <head> '"));
  EXPECT_THAT(said, HasSubstr("leave /ui out of --url"));
}

TEST(CliAdvice, SaysWhichPortAnAddressWithoutOneMeans) {
  const auto advice_for = [](const std::string& url) {
    GlobalSettings settings;
    settings.urls = {url};
    return advice_when_no_node_answers(settings);
  };
  EXPECT_THAT(advice_for("localhost"), HasSubstr("localhost names no port, so 80 was tried: a node's is 3000"));
  EXPECT_THAT(advice_for("https://nodes"), HasSubstr("https://nodes names no port, so 443 was tried"));
  for (const char* complete : {"http://localhost:80", "localhost:3000", "unix:///run/node.sock"})
    EXPECT_THAT(advice_for(complete), testing::Not(HasSubstr("names no port"))) << complete;
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
