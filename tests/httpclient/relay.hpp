// Servers for tests that pass bytes on to another server: a proxy, and an end of TLS. Many connections at once.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include "httpclient/connecting/tls.hpp"

namespace sagactl {

// What the relays share: a thread, and where the bytes go.
class Relay {
 public:
  virtual ~Relay() = default;
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

 protected:
  explicit Relay(std::uint16_t to) : to_(to) {}
  void start(boost::asio::awaitable<void> accepting);
  void stop();

  boost::asio::io_context io_{1};
  const std::uint16_t to_;  // a port of 127.0.0.1

 private:
  std::thread thread_;
};

// A proxy that connects to one server, whichever is asked for, or answers with another status.
class ConnectingProxy : public Relay {
 public:
  ConnectingProxy(std::uint16_t to, std::string answer);
  ~ConnectingProxy() override { stop(); }

  std::string url() const { return "http://" + address(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
  std::string asked() const;  // the head of the last request

 private:
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket client);

  const std::string answer_;
  boost::asio::ip::tcp::acceptor acceptor_;
  mutable std::mutex mutex_;
  std::string asked_;
};

// Speaks TLS with its clients and plain text with the server.
class TlsFront : public Relay {
 public:
  // `clients`: the authority (PEM) of the certificates that clients have to show; empty: they need none. `protocol`:
  // what it agrees on with clients that offer it (ALPN); "": nothing.
  TlsFront(std::uint16_t to, const TlsIdentity& identity, const std::filesystem::path& clients = {},
           std::string protocol = {});
  ~TlsFront() override;

  // `host` is 127.0.0.1, or a name that leads there.
  std::string url(const std::string& host = "127.0.0.1") const;
  // PEM: an authority for those who trust the server.
  const std::filesystem::path& certificate() const { return certificate_; }
  std::uint64_t handshakes() const { return handshakes_; }
  std::uint64_t resumed() const { return resumed_; }  // of these
  std::string server_name() const;                    // that the last client sent (SNI)

 private:
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket client);

  const std::string protocol_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_server};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::filesystem::path certificate_;
  std::atomic<std::uint64_t> handshakes_ = 0, resumed_ = 0;
  mutable std::mutex mutex_;
  std::string server_name_;
};

// Listens at a Unix socket.
class SocketFront : public Relay {
 public:
  explicit SocketFront(std::uint16_t to);
  ~SocketFront() override;

  const std::filesystem::path& path() const { return path_; }

 private:
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> serve(boost::asio::local::stream_protocol::socket client);

  std::filesystem::path path_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
};

// Says the same to everybody as soon as they connect, and then listens.
class BlurtingServer : public Relay {
 public:
  explicit BlurtingServer(std::string text);
  ~BlurtingServer() override { stop(); }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket client);

  const std::string text_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

// A file with `text` that is removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sagactl
