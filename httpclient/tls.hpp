// What a client needs to speak TLS and to know whom it speaks to.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>

#include "common/result.hpp"

namespace sagactl {

// TLS 1.2 and later; the server's certificate has to be signed by an authority in `authorities` (PEM), or by one that
// this machine trusts when that is empty. `invalid` when the authorities cannot be read.
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_client(const std::filesystem::path& authorities);

}  // namespace sagactl
