#include "tests/httpclient/tls_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <functional>

#include "common/id.hpp"
#include "common/result.hpp"

namespace sagactl {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate self_signed(EVP_PKEY* key, const std::string& name, long valid_s) {
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_s);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("sagactl test"), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
  if (!names) crash("the name of the test's certificate is wrong");
  X509_add_ext(certificate.get(), names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

std::string pem_of(const std::function<int(BIO*)>& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  if (write(memory.get()) != 1) crash("the test's PEM cannot be written");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

void hold_back(int fd, bool on) {
  const int value = on;
  setsockopt(fd, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
}

}  // namespace

TlsIdentity make_identity(const std::string& name, long valid_s) {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Certificate certificate = self_signed(key.get(), name, valid_s);
  return {pem_of([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); }), pem_of([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

TlsServer::TlsServer(const std::string& name, const std::filesystem::path& clients)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free),
      certificate_(std::filesystem::temp_directory_path() / ("sagactl-" + new_uuid().text() + ".pem")) {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Certificate certificate = self_signed(key.get(), name, 3600);
  SSL_CTX_use_certificate(context_.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context_.get(), key.get());
  std::FILE* file = std::fopen(certificate_.c_str(), "w");
  if (!file) crash("the test's certificate cannot be written");
  PEM_write_X509(file, certificate.get());
  std::fclose(file);
  if (!clients.empty()) {
    SSL_CTX_load_verify_file(context_.get(), clients.c_str());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }

  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0)
    crash("the test's TLS server cannot listen");
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

TlsServer::~TlsServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  if (const int fd = open_; fd >= 0) shutdown(fd, SHUT_RDWR);
  thread_.join();
  close(listener_);
  std::error_code ignored;
  std::filesystem::remove(certificate_, ignored);
}

std::string TlsServer::url() const {
  return "https://127.0.0.1:" + std::to_string(port_);
}

void TlsServer::run() {
  // OpenSSL writes with write(), also to a closed connection.
  sigset_t broken;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken, nullptr);
  while (!stopping_) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    open_ = fd;
    if (!stopping_) serve(fd);
    open_ = -1;
    close(fd);
  }
}

void TlsServer::serve(int fd) {
  const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context_.get()), SSL_free);
  SSL_set_fd(session.get(), fd);
  if (SSL_accept(session.get()) != 1) return;
  std::string input;
  char bytes[4096];
  for (int count; (count = SSL_read(session.get(), bytes, sizeof bytes)) > 0;) {
    input.append(bytes, static_cast<std::size_t>(count));
    hold_back(fd, true);
    for (std::size_t end; (end = input.find("\r\n\r\n")) != std::string::npos;) {  // requests without a body
      input.erase(0, end + 4);
      ++requests_;
      const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
      SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
    }
    hold_back(fd, false);
  }
}

}  // namespace sagactl
