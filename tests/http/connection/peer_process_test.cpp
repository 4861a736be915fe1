// A process on this machine counts as its user only if it cannot be a proxy.
#include "server/http/connection/peer_process.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/http/support/server_fixture.hpp"

namespace sagactl::http::testing {
namespace {

using ::testing::HasSubstr;

constexpr uid_t somebody_else = 65'534;

enum class Peer { plain, listens, inherited_a_listener, of_another_user };

// Sends the request from a child process and returns the status line and body. After the fork the child only makes
// system calls, since this process has threads.
std::string ask_as(Peer peer, std::uint16_t port, const std::string& request) {
  int answer[2];
  EXPECT_EQ(::pipe(answer), 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int listener = peer == Peer::inherited_a_listener ? ::socket(AF_INET, SOCK_STREAM, 0) : -1;
  if (listener >= 0) ::listen(listener, 1);
  const pid_t child = ::fork();
  if (child == 0) {
    // The child must not keep the sockets of this process.
    const int kept = ::dup2(answer[1], 3), inherited = listener >= 0 ? ::dup2(listener, 4) : 3;
    for (int fd = inherited + 1; fd < 1024; ++fd) ::close(fd);
    if (peer == Peer::listens) ::listen(::socket(AF_INET, SOCK_STREAM, 0), 1);
    if (peer == Peer::of_another_user && ::setuid(somebody_else) != 0) ::_exit(1);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    address.sin_port = htons(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) ::_exit(1);
    if (::send(fd, request.data(), request.size(), 0) < 0) ::_exit(1);
    char bytes[4096];
    for (ssize_t count; (count = ::recv(fd, bytes, sizeof bytes, 0)) > 0;)
      if (::write(kept, bytes, static_cast<std::size_t>(count)) < 0) ::_exit(1);
    ::_exit(0);
  }
  ::close(answer[1]);
  if (listener >= 0) ::close(listener);
  std::string text;
  char bytes[4096];
  for (ssize_t count; (count = ::read(answer[0], bytes, sizeof bytes)) > 0;)
    text.append(bytes, static_cast<std::size_t>(count));
  ::close(answer[0]);
  ::waitpid(child, nullptr, 0);
  return text;
}

class PeerOnThisMachine : public ServerTest {
 protected:
  std::string ask(Peer peer) {
    return ask_as(
        peer, server.port(),
        "GET /local HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\nConnection: close\r\n\r\n");
  }
  const TestHttpServer server{routes()};
};

TEST_F(PeerOnThisMachine, IsLocalWhenItIsAPlainClient) {
  EXPECT_THAT(ask(Peer::plain), HasSubstr("HTTP/1.1 200"));
}

TEST_F(PeerOnThisMachine, IsNotLocalWhenItListens) {
  EXPECT_THAT(ask(Peer::listens), HasSubstr("HTTP/1.1 403"));
  EXPECT_THAT(ask(Peer::listens), HasSubstr("accepts connections itself, as a proxy does"));
  EXPECT_THAT(ask(Peer::inherited_a_listener), HasSubstr("HTTP/1.1 403")) << "like the workers of nginx";
}

TEST_F(PeerOnThisMachine, IsNotLocalWhenItIsAnotherUsers) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  EXPECT_THAT(ask(Peer::of_another_user), HasSubstr("HTTP/1.1 403"));
  EXPECT_THAT(ask(Peer::of_another_user), HasSubstr("of another user"));
}

TEST_F(PeerOnThisMachine, IsNotLocalWhenTheOtherEndIsUnknown) {
  const auto loopback = boost::asio::ip::make_address("127.0.0.1");
  PeerProcess gone({loopback, 1}, {loopback, server.port()});
  EXPECT_THAT(gone.not_local_reason(), HasSubstr("does not report which process sends it"));
}

}  // namespace
}  // namespace sagactl::http::testing
