// A TLS server for tests: with a self-signed certificate, it answers every request with 200 and `{}`, each in a record
// of its own, those that came at once together, on one persistent connection at a time.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "httpclient/connecting/tls.hpp"

namespace sagactl {

// A new self-signed certificate of that name with its key, which is an authority for whoever trusts it. It is valid
// from an hour before to `valid_s` after now: negative, it has expired.
TlsIdentity make_identity(const std::string& name, long valid_s = 3600);

class TlsServer {
 public:
  // `name` is the subject of the certificate: "IP:127.0.0.1" or "DNS:shop.example". `clients`: the authority (PEM) of
  // the certificates that clients have to show; empty: they need none.
  explicit TlsServer(const std::string& name, const std::filesystem::path& clients = {});
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const;
  // PEM; an authority for those who trust the server.
  const std::filesystem::path& certificate() const { return certificate_; }
  int requests() const { return requests_; }

 private:
  void run();
  void serve(int fd);

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::filesystem::path certificate_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> open_ = -1;  // the connection that is being served
  std::atomic<int> requests_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace sagactl
