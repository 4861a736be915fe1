// The certificate that a server shows to its clients.
#pragma once

#include <filesystem>
#include <memory>

#include "common/result.hpp"

namespace boost::asio::ssl {
class context;
}

namespace sagactl::http {

using ServerTls = boost::asio::ssl::context;

// TLS 1.2 and later, with the certificate (PEM, followed by those that signed it) and its key (PEM). `invalid` says
// which file cannot be used, and why.
Result<std::shared_ptr<ServerTls>> make_server_tls(const std::filesystem::path& certificate,
                                                   const std::filesystem::path& key);

}  // namespace sagactl::http
