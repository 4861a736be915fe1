#include "tests/httpclient/relay.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <memory>

#include "common/id.hpp"

namespace sagactl {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

template <class From, class To>
asio::awaitable<void> pass_on(From& from, To& to) {
  std::array<char, 16 * 1024> bytes;
  for (;;) {
    const asio::mutable_buffer space = asio::buffer(bytes);
    auto [failure, count] = co_await from.async_read_some(space, as_values);
    if (count > 0) {
      const asio::const_buffer received = asio::buffer(bytes.data(), count);
      auto [broken, sent] = co_await asio::async_write(to, received, as_values);
      if (broken) break;
    }
    if (failure) break;
  }
  boost::system::error_code ignored;
  from.lowest_layer().shutdown(asio::socket_base::shutdown_both, ignored);
  to.lowest_layer().shutdown(asio::socket_base::shutdown_both, ignored);
}

// Both ways, until one side closes.
template <class Client>
asio::awaitable<void> relay(Client& client, std::uint16_t port) {
  using namespace asio::experimental::awaitable_operators;
  tcp::socket server(client.get_executor());
  const tcp::endpoint address(asio::ip::address_v4::loopback(), port);
  auto [refused] = co_await server.async_connect(address, as_values);
  if (refused) co_return;
  co_await (pass_on(client, server) && pass_on(server, client));
}

tcp::acceptor any_port(asio::io_context& io) {
  return {io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
}

std::filesystem::path new_path(const std::string& ending) {
  return std::filesystem::temp_directory_path() / ("sagactl-" + new_uuid().text() + ending);
}

void remove_quietly(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

// `offered` has a length before each name.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void* wanted) {
  const auto& protocol = *static_cast<const std::string*>(wanted);
  for (unsigned at = 0; at < offered_size; at += 1u + offered[at]) {
    if (protocol != std::string_view(reinterpret_cast<const char*>(offered) + at + 1, offered[at])) continue;
    *chosen = offered + at + 1;
    *size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

}  // namespace

void Relay::start(asio::awaitable<void> accepting) {
  asio::co_spawn(io_, std::move(accepting), asio::detached);
  thread_ = std::thread([this] { io_.run(); });
}

void Relay::stop() {
  io_.stop();
  thread_.join();
}

ConnectingProxy::ConnectingProxy(std::uint16_t to, std::string answer)
    : Relay(to), answer_(std::move(answer)), acceptor_(any_port(io_)) {
  start(accept_all());
}

std::string ConnectingProxy::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

asio::awaitable<void> ConnectingProxy::accept_all() {
  for (;;) {
    auto [failure, client] = co_await acceptor_.async_accept(as_values);
    if (failure) co_return;
    asio::co_spawn(io_, serve(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> ConnectingProxy::serve(tcp::socket client) {
  asio::streambuf head;
  auto [failure, size] = co_await asio::async_read_until(client, head, "\r\n\r\n", as_values);
  if (failure) co_return;
  {
    const std::lock_guard lock(mutex_);
    asked_ = std::string(asio::buffers_begin(head.data()), asio::buffers_end(head.data()));
  }
  const asio::const_buffer answer = asio::buffer(answer_);
  auto [broken, written] = co_await asio::async_write(client, answer, as_values);
  if (!broken && answer_.starts_with("HTTP/1.1 2")) co_await relay(client, to_);
}

TlsFront::TlsFront(std::uint16_t to, const TlsIdentity& identity, const std::filesystem::path& clients,
                   std::string protocol)
    : Relay(to), protocol_(std::move(protocol)), acceptor_(any_port(io_)), certificate_(new_path(".pem")) {
  write_file(certificate_, identity.certificate);
  tls_.use_certificate_chain(asio::buffer(identity.certificate));
  tls_.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
  const unsigned char name[] = "relay";
  SSL_CTX_set_session_id_context(tls_.native_handle(), name, sizeof name);
  if (!protocol_.empty())
    SSL_CTX_set_alpn_select_cb(tls_.native_handle(), choose_protocol, const_cast<std::string*>(&protocol_));
  if (!clients.empty()) {
    tls_.load_verify_file(clients.string());
    tls_.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  }
  start(accept_all());
}

TlsFront::~TlsFront() {
  stop();
  remove_quietly(certificate_);
}

std::string TlsFront::url(const std::string& host) const {
  return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port());
}

std::string TlsFront::server_name() const {
  const std::lock_guard lock(mutex_);
  return server_name_;
}

asio::awaitable<void> TlsFront::accept_all() {
  for (;;) {
    auto [failure, client] = co_await acceptor_.async_accept(as_values);
    if (failure) co_return;
    asio::co_spawn(io_, serve(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> TlsFront::serve(tcp::socket client) {
  asio::ssl::stream<tcp::socket> secured(std::move(client), tls_);
  auto [failure] = co_await secured.async_handshake(asio::ssl::stream_base::server, as_values);
  if (failure) co_return;
  ++handshakes_;
  resumed_ += SSL_session_reused(secured.native_handle()) == 1;
  {
    const std::lock_guard lock(mutex_);
    const char* const name = SSL_get_servername(secured.native_handle(), TLSEXT_NAMETYPE_host_name);
    server_name_ = name ? name : "";
  }
  co_await relay(secured, to_);
}

SocketFront::SocketFront(std::uint16_t to)
    : Relay(to), path_(new_path(".sock")), acceptor_(io_, asio::local::stream_protocol::endpoint(path_.string())) {
  start(accept_all());
}

SocketFront::~SocketFront() {
  stop();
  remove_quietly(path_);
}

asio::awaitable<void> SocketFront::accept_all() {
  for (;;) {
    auto [failure, client] = co_await acceptor_.async_accept(as_values);
    if (failure) co_return;
    asio::co_spawn(io_, serve(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> SocketFront::serve(asio::local::stream_protocol::socket client) {
  co_await relay(client, to_);
}

BlurtingServer::BlurtingServer(std::string text) : Relay(0), text_(std::move(text)), acceptor_(any_port(io_)) {
  start(accept_all());
}

asio::awaitable<void> BlurtingServer::accept_all() {
  for (;;) {
    auto [failure, client] = co_await acceptor_.async_accept(as_values);
    if (failure) co_return;
    asio::co_spawn(io_, serve(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> BlurtingServer::serve(tcp::socket client) {
  const asio::const_buffer bytes = asio::buffer(text_);
  auto [broken, written] = co_await asio::async_write(client, bytes, as_values);
  std::array<char, 4096> heard;
  while (!broken) {
    const asio::mutable_buffer space = asio::buffer(heard);
    auto [ended, count] = co_await client.async_read_some(space, as_values);
    broken = ended;
  }
}

TemporaryFile::TemporaryFile(const std::string& text) : path_(new_path(".pem")) {
  write_file(path_, text);
}

TemporaryFile::~TemporaryFile() {
  remove_quietly(path_);
}

}  // namespace sagactl
