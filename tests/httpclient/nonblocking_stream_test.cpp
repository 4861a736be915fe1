// What a stream says of the bytes that no poll reports.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "httpclient/connecting/nonblocking_stream.hpp"
#include "httpclient/url.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using Progress = NonblockingStream::Progress;

constexpr std::string_view one_request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
constexpr std::string_view one_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

void wait_until_readable(const NonblockingStream& stream) {
  pollfd readable{stream.fd(), POLLIN, 0};
  ASSERT_EQ(poll(&readable, 1, 10'000), 1);
}

bool is_readable(const NonblockingStream& stream) {
  pollfd readable{stream.fd(), POLLIN, 0};
  return poll(&readable, 1, 0) == 1;
}

void establish(NonblockingStream& stream, const TlsServer& server, SSL_CTX* tls) {
  const Url url = *parse_http_url(server.url());
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(url.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_NE(stream.connect(reinterpret_cast<const sockaddr*>(&address), sizeof address), Progress::failed);
  pollfd writable{stream.fd(), POLLOUT, 0};
  ASSERT_EQ(poll(&writable, 1, 10'000), 1);
  ASSERT_EQ(stream.finish_connecting(), Progress::done);
  const StreamRoute route = route_to(url, nullptr, tls);
  for (Progress progress; (progress = stream.establish(route)) != Progress::done;) {
    ASSERT_EQ(progress, Progress::wants_read) << stream.reason();
    wait_until_readable(stream);
  }
}

TEST(NonblockingStream, HoldsWhatTlsHasReadAheadUntilItIsRead) {
  const TlsServer server("IP:127.0.0.1");
  const auto tls = make_tls(server.certificate());
  ASSERT_TRUE(tls) << tls.error().message;
  SSL_CTX_set_read_ahead((*tls)->native_handle(), 1);
  NonblockingStream stream;
  establish(stream, server, (*tls)->native_handle());
  EXPECT_FALSE(stream.holds_received());
  ASSERT_EQ(stream.write(std::string(one_request) + std::string(one_request)).progress, Progress::done);
  char bytes[4096];
  NonblockingStream::Transferred first{Progress::wants_read};
  while (first.progress == Progress::wants_read) {
    wait_until_readable(stream);
    first = stream.read(bytes, sizeof bytes);
  }
  EXPECT_EQ(std::string_view(bytes, first.bytes), one_answer);
  EXPECT_TRUE(stream.holds_received()) << "both answers came at once, each in a record";
  EXPECT_FALSE(is_readable(stream)) << "and no poll says so";
  const auto second = stream.read(bytes, sizeof bytes);
  EXPECT_EQ(std::string_view(bytes, second.bytes), one_answer);
  EXPECT_FALSE(stream.holds_received());
}

}  // namespace
}  // namespace sagactl
