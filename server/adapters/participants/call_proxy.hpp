// The HTTP proxy through which participants are called.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "httpclient/connecting/connect_options.hpp"
#include "server/adapters/participants/allow_list.hpp"

namespace sagactl {

class CallProxy {
 public:
  // `url`: "http://proxy:3128". `except`: who is called directly, besides this machine, as entries of an AllowList; a
  // range is for hosts that are named by their address. `invalid` says what is wrong.
  static Result<CallProxy> parse(const std::string& url, std::span<const std::string> except);

  bool is_for(const Url& server) const;
  const Url& url() const { return proxy_.url; }
  const HttpProxy& proxy() const { return proxy_; }

 private:
  CallProxy(Url url, AllowList except, AllowList own)
      : proxy_{std::move(url), {}}, except_(std::move(except)), own_(std::move(own)) {}

  HttpProxy proxy_;
  AllowList except_;  // empty entries would be this machine, as own_ is
  AllowList own_;
};

}  // namespace sagactl
