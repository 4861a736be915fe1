// What a client needs to speak TLS and to verify the server.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "common/result.hpp"
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

// The same for `url`: null for http.
Result<std::unique_ptr<TlsContext>> make_tls_for(const Url& url, const std::filesystem::path& authorities);

}  // namespace sagactl
