#include "server/adapters/redis/tls_stream.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <utility>

namespace sagactl::redis {
namespace {

constexpr std::size_t decrypted_max = 16 * 1024;

std::string reason_of(unsigned long code) {
  const char* text = ERR_reason_error_string(code);
  return text ? text : "unknown error";
}

Error unusable(std::string_view flag, const std::string& file) {
  return Error{ErrorCode::invalid, fmt::format("{}: {} cannot be used: {}", flag, file, reason_of(ERR_get_error()))};
}

bool is_address(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

}  // namespace

void FreeTlsContext::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

void TlsStream::Free::operator()(ssl_st* session) const {
  SSL_free(session);
}

Result<TlsContext> make_tls_context(const RedisSecurity& security) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_client_method()), FreeTlsContext{});
  if (!context) return Error{ErrorCode::unavailable, "out of memory"};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (security.ca_file.empty())
    SSL_CTX_set_default_verify_paths(context.get());
  else if (SSL_CTX_load_verify_locations(context.get(), security.ca_file.c_str(), nullptr) != 1)
    return unusable("--redis-ca", security.ca_file);
  if (security.certificate_file.empty()) return context;
  if (SSL_CTX_use_certificate_chain_file(context.get(), security.certificate_file.c_str()) != 1)
    return unusable("--redis-cert", security.certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context.get(), security.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    return unusable("--redis-key", security.key_file);
  return context;
}

TlsStream::TlsStream(const TlsContext& context, const std::string& server_name) : session_(SSL_new(context.get())) {
  if (!session_) {
    failure_ = "out of memory";
    return;
  }
  SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (is_address(server_name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), server_name.c_str());
  } else {
    SSL_set1_host(session_.get(), server_name.c_str());
    SSL_set_tlsext_host_name(session_.get(), server_name.c_str());
  }
  SSL_set_connect_state(session_.get());
  advance();
}

TlsStream::~TlsStream() = default;

void TlsStream::write(std::string_view plain) {
  unsent_ += plain;
  advance();
}

void TlsStream::receive(std::string_view encrypted) {
  if (!failure_.empty()) return;
  BIO_write(SSL_get_rbio(session_.get()), encrypted.data(), static_cast<int>(encrypted.size()));
  advance();
}

void TlsStream::advance() {
  if (!failure_.empty()) return;
  ERR_clear_error();
  if (!open_) {
    const int result = SSL_do_handshake(session_.get());
    if (result != 1) return fail("TLS failed", result);
    open_ = true;
  }
  if (!unsent_.empty()) {
    // A BIO in memory takes everything.
    const int result = SSL_write(session_.get(), unsent_.data(), static_cast<int>(unsent_.size()));
    if (result <= 0) return fail("TLS failed", result);
    unsent_.clear();
  }
  for (;;) {
    std::array<char, decrypted_max> piece;
    const int result = SSL_read(session_.get(), piece.data(), static_cast<int>(piece.size()));
    if (result <= 0) return fail("TLS failed", result);
    plain_.append(piece.data(), static_cast<std::size_t>(result));
  }
}

// Waiting for the peer is no failure.
void TlsStream::fail(std::string_view what, int result) {
  const int kind = SSL_get_error(session_.get(), result);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return;
  if (kind == SSL_ERROR_ZERO_RETURN) {
    failure_ = "Server closed the connection";
    return;
  }
  const long verified = SSL_get_verify_result(session_.get());
  const std::string why =
      verified != X509_V_OK ? X509_verify_cert_error_string(verified) : reason_of(ERR_peek_last_error());
  std::string_view advice;
  if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH)
    advice = "name the server as its certificate does";
  else if (verified != X509_V_OK)
    advice = "check --redis-ca";
  else if (why.find("wrong version") != why.npos)
    advice = "the server does not speak TLS at that port: write redis://, or name another port";
  else if (why.find("alert") != why.npos)
    advice = "the server wants a certificate of the client that it trusts: check --redis-cert and --redis-key";
  failure_ = fmt::format("{}: {}", what, why);
  if (!advice.empty()) failure_ += fmt::format("; {}", advice);
}

std::string TlsStream::take_plain() {
  return std::exchange(plain_, {});
}

std::string TlsStream::take_encrypted() {
  std::string taken;
  BIO* out = session_ ? SSL_get_wbio(session_.get()) : nullptr;
  if (!out) return taken;
  taken.resize(BIO_ctrl_pending(out));
  if (!taken.empty()) BIO_read(out, taken.data(), static_cast<int>(taken.size()));
  return taken;
}

}  // namespace sagactl::redis
