// What a client needs to speak TLS and to verify the server.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "httpclient/connecting/connect_options.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

using TlsContext = boost::asio::ssl::context;

// What a client shows to a server that asks who it is, as PEM: its certificate with those that signed it, and the key.
struct TlsIdentity {
  std::string certificate, key;
};

// TLS 1.2 and later, for any server; the server's certificate must be signed by an authority in `authorities` (PEM), or
// by one that this machine trusts when that is empty. `invalid` when the authorities or the identity cannot be read.
Result<std::unique_ptr<TlsContext>> make_tls(const std::filesystem::path& authorities,
                                             const std::optional<TlsIdentity>& identity = {});

// The same for `url`: null for http. The files are read; messages name them.
Result<std::unique_ptr<TlsContext>> make_tls_for(const Url& url, const ConnectOptions& options);

// Sets what a connection expects, before its handshake: the server's name, which is also sent (SNI) unless it is an
// address.
void expect_server(SSL* ssl, const std::string& host);

// Why a handshake failed. An Error of a client has it as its member `tls`, by its spelling.
enum class TlsFault : std::uint8_t {
  other,
  expired,            // or not valid yet
  other_name,         // the certificate is another server's
  unknown_authority,  // nobody who is trusted has signed it
  not_tls,            // what came is no TLS: perhaps HTTP
  no_certificate,     // the server wants a certificate of the client, or another
  no_protocol,        // the server does not speak the protocol that was asked for (ALPN)
  wanted,             // the server speaks TLS, and the client did not
};

template <>
struct Spelling<TlsFault> {
  static constexpr std::string_view names[] = {"other",   "expired",        "other-name",  "unknown-authority",
                                               "not-tls", "no-certificate", "no-protocol", "wanted"};
};

struct TlsFailure {
  TlsFault fault = TlsFault::other;
  std::string text;
};

// Of a handshake with `host`, or of what follows it; `error` is OpenSSL's.
TlsFailure tls_failure(SSL* ssl, unsigned long error, const std::string& host);

// `unavailable`, with `tls` as its member.
Error tls_error(const std::string& message, TlsFault fault);

// Whether bytes that were received in place of an HTTP answer are a record of TLS: the server expects https.
bool is_tls_record(std::string_view bytes);

}  // namespace sagactl
