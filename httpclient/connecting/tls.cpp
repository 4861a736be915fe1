#include "httpclient/connecting/tls.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <iterator>

#include "common/text/json.hpp"

namespace sagactl {

namespace ssl = boost::asio::ssl;

namespace {

constexpr int names_shown = 5;

// An IPv4 or IPv6 address, as certificates have it.
std::string address_text(const ASN1_OCTET_STRING* address) {
  char text[INET6_ADDRSTRLEN] = "";
  const int size = ASN1_STRING_length(address);
  const int family = size == sizeof(in_addr) ? AF_INET : AF_INET6;
  if (size != sizeof(in_addr) && size != sizeof(in6_addr)) return {};
  return inet_ntop(family, ASN1_STRING_get0_data(address), text, sizeof text) ? text : "";
}

std::string openssl_text(unsigned long error) {
  const char* text = ERR_reason_error_string(error);
  return text ? text : "TLS failed";
}

Result<std::string> read_pem(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!text.empty()) return text;
  return Error{ErrorCode::invalid, path.string() + " cannot be read, or is empty"};
}

// "shop.example, *.shop.example": what a certificate is for.
std::string names_of(X509* certificate) {
  using Names = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;
  const Names names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
                    GENERAL_NAMES_free);
  std::string all;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && i < names_shown; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    std::string text;
    if (name->type == GEN_DNS)
      text.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                  static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    if (name->type == GEN_IPADD) text = address_text(name->d.iPAddress);
    if (!text.empty()) all += (all.empty() ? "" : ", ") + text;
  }
  return all.empty() ? "nobody" : all;
}

void free_certificate(void*, void* certificate, CRYPTO_EX_DATA*, int, long, void*) {
  X509_free(static_cast<X509*>(certificate));
}

// The place in an SSL of the certificate that was refused: OpenSSL itself forgets it.
int refused_certificate() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_certificate);
  return index;
}

int remember_refused(int is_good, X509_STORE_CTX* verification) {
  X509* const certificate = X509_STORE_CTX_get_current_cert(verification);
  if (is_good || !certificate) return is_good;
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if (SSL_get_ex_data(ssl, refused_certificate())) return is_good;
  X509_up_ref(certificate);
  if (SSL_set_ex_data(ssl, refused_certificate(), certificate) != 1) X509_free(certificate);
  return is_good;
}

// The certificate is why.
TlsFailure not_believed(SSL* ssl, const std::string& host) {
  const long verified = SSL_get_verify_result(ssl);
  const std::string why = fmt::format("certificate verify failed: {}", X509_verify_cert_error_string(verified));
  switch (verified) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {TlsFault::expired, why};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: {
      auto* shown = static_cast<X509*>(SSL_get_ex_data(ssl, refused_certificate()));
      return {TlsFault::other_name, fmt::format("{}: its certificate is for {}, not for {}", why,
                                                shown ? names_of(shown) : "another server", host)};
    }
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return {TlsFault::unknown_authority, why};
    default:
      return {TlsFault::other, why};
  }
}

Result<void> show(TlsContext& context, const TlsIdentity& identity) {
  boost::system::error_code failure;
  context.use_certificate_chain(boost::asio::buffer(identity.certificate), failure);
  if (failure) return Error{ErrorCode::invalid, "the client's certificate cannot be read: " + failure.message()};
  context.use_private_key(boost::asio::buffer(identity.key), ssl::context::pem, failure);
  if (failure)
    return Error{ErrorCode::invalid,
                 "the key of the client's certificate cannot be read, or belongs to another: " + failure.message()};
  return {};
}

}  // namespace

Result<std::unique_ptr<TlsContext>> make_tls(const std::filesystem::path& authorities,
                                             const std::optional<TlsIdentity>& identity) {
  auto context = std::make_unique<TlsContext>(ssl::context::tls_client);
  boost::system::error_code failure;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  if (authorities.empty())
    context->set_default_verify_paths(failure);
  else
    context->load_verify_file(authorities.string(), failure);
  if (failure)
    return Error{ErrorCode::invalid,
                 "the certificates of authorities " + authorities.string() + " cannot be read: " + failure.message()};
  context->set_verify_mode(ssl::verify_peer, failure);
  if (failure) return Error{ErrorCode::bug, "TLS cannot be set to verify: " + failure.message()};
  if (!identity) return context;
  if (auto shown = show(*context, *identity); !shown) return shown.error();
  return context;
}

Result<std::unique_ptr<TlsContext>> make_tls_for(const Url& url, const ConnectOptions& options) {
  if (!url.tls) return std::unique_ptr<TlsContext>();
  std::optional<TlsIdentity> identity;
  if (!options.certificate.empty() || !options.key.empty()) {
    if (options.certificate.empty() || options.key.empty())
      return Error{ErrorCode::invalid, "the client's certificate needs its key, and a key its certificate"};
    auto certificate = read_pem(options.certificate);
    if (!certificate) return certificate.error();
    auto key = read_pem(options.key);
    if (!key) return key.error();
    identity = TlsIdentity{std::move(*certificate), std::move(*key)};
  }
  auto context = make_tls(options.authorities, identity);
  if (context && options.insecure) SSL_CTX_set_verify((*context)->native_handle(), SSL_VERIFY_NONE, nullptr);
  return context;
}

void expect_server(SSL* ssl, const std::string& host) {
  SSL_set_verify(ssl, SSL_get_verify_mode(ssl), remember_refused);
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1) return;
  X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
  SSL_set_tlsext_host_name(ssl, host.c_str());  // addresses are not allowed
}

TlsFailure tls_failure(SSL* ssl, unsigned long error, const std::string& host) {
  const int reason = ERR_GET_REASON(error);
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) return not_believed(ssl, host);
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG)
    return {TlsFault::not_tls, "what it sends is no TLS; is this a server of plain http?"};
  if (reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED || reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE ||
      reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA || reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE ||
      reason == SSL_R_TLSV1_ALERT_ACCESS_DENIED || reason == SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN ||
      reason == SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED || reason == SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED)
    return {TlsFault::no_certificate, fmt::format("the server refused the client: {}", openssl_text(error))};
  if (reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL) return {TlsFault::no_protocol, openssl_text(error)};
  return {TlsFault::other, openssl_text(error)};
}

Error tls_error(const std::string& message, TlsFault fault) {
  return {ErrorCode::unavailable, message, Json{{"tls", to_string(fault)}}};
}

bool is_tls_record(std::string_view bytes) {
  constexpr char alert = 21, handshake = 22, major_version = 3;
  return bytes.size() >= 2 && (bytes[0] == alert || bytes[0] == handshake) && bytes[1] == major_version;
}

}  // namespace sagactl
