// What a client needs to speak TLS and to verify the server.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>

#include "common/result.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

using TlsContext = boost::asio::ssl::context;

// TLS 1.2 and later; the server's certificate must be signed by an authority in `authorities` (PEM), or by one that
// this machine trusts when that is empty. Null for http. `invalid` when the authorities cannot be read.
Result<std::unique_ptr<TlsContext>> make_tls_for(const Url& url, const std::filesystem::path& authorities);

}  // namespace sagactl
