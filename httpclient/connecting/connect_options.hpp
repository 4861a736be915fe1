// How a client reaches web servers: whom it trusts, what it shows, and through which proxy.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

// An HTTP proxy: it is sent the whole URL of an http request, and connects (CONNECT) to an https server.
struct HttpProxy {
  Url url;                    // http, without a path
  std::string authorization;  // the value of Proxy-Authorization; "": none

  std::string name() const { return "the proxy " + url.text(); }
};

// "http://proxy:3128", "proxy:3128", "http://user:password@proxy:3128" (percent-encoded). `invalid` says what is wrong,
// and repeats no password.
Result<HttpProxy> parse_proxy(std::string_view text);

struct ConnectOptions {
  std::filesystem::path authorities = {};  // for https, PEM; empty: those that this machine trusts
  // What is shown to a server that asks who the client is, PEM; both or none.
  std::filesystem::path certificate = {}, key = {};
  bool insecure = false;  // any certificate will do: for tests alone
  std::optional<HttpProxy> proxy = {};
};

}  // namespace sagactl
