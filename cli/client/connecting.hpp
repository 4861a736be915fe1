// How the command line reaches nodes and other web servers, by --ca-file, --cert, --cert-key, --insecure and --proxy.
#pragma once

#include <string_view>

#include "cli/invocation.hpp"
#include "httpclient/connecting/connect_options.hpp"

namespace sagactl {

// `invalid` for flags that cannot be combined or read.
Result<ConnectOptions> connect_options(const Invocation& invocation);

// Says on the error stream that --insecure leaves the servers of --url unverified; nothing without it, or without
// https.
void warn_of_insecure(const Invocation& invocation);

// What to do about a TLS handshake that failed, or a proxy that does not answer, as a hint; the error itself when that
// is not why. `flag` has the server's address.
Error with_connecting_advice(Error error, std::string_view flag = "--url");

}  // namespace sagactl
