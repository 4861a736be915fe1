#include "server/adapters/participants/call_proxy.hpp"

#include <fmt/format.h>

namespace sagactl {
namespace {

bool is_listed(const AllowList& list, const Url& server) {
  const HostListing listing = list.listing_of(server.host, server.port);
  if (listing == HostListing::by_name) return true;
  boost::system::error_code is_name;
  const auto address = boost::asio::ip::make_address(server.host, is_name);
  return !is_name && list.allows(address, server.port, listing);
}

}  // namespace

Result<CallProxy> CallProxy::parse(const std::string& url, std::span<const std::string> except) {
  auto parsed = parse_http_url(url);
  if (!parsed) return parsed.error();
  if (parsed->tls || !parsed->prefix.empty())
    return Error{ErrorCode::invalid, fmt::format("'{}' is no proxy: write it like http://proxy:3128", url)};
  auto exceptions = AllowList::parse(except);
  if (!exceptions) return exceptions.error();
  return CallProxy(std::move(*parsed), std::move(*exceptions), AllowList::parse({}).value());
}

bool CallProxy::is_for(const Url& server) const {
  return !is_listed(own_, server) && !is_listed(except_, server);
}

}  // namespace sagactl
