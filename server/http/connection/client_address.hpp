// The client of a request: the peer of the connection, or the client that trusted proxies name.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::http {

// The networks of proxies whose headers about the client are believed.
class TrustedProxies {
 public:
  // Each text is an address or a network: "10.0.0.0/8", "fd00::/8". `invalid` names one that is neither.
  static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

  bool empty() const { return networks_.empty(); }
  bool contains(const boost::asio::ip::address& address) const;

 private:
  struct AddressRange {
    boost::asio::ip::address_v6::bytes_type address;  // IPv4 as ::ffff:a.b.c.d
    int bits;
  };
  std::vector<AddressRange> networks_;
};

struct ClientAddress {
  boost::asio::ip::address address;
  bool is_https = false;  // the client's connection, as a trusted proxy reports it
};

// Headers count only when `peer` is a trusted proxy: X-Forwarded-For or Forwarded (RFC 7239) from the right, since each
// proxy appends, up to the first address that is not a trusted proxy. Entries to the left of it can be forged by the
// client. Where the two headers disagree, or an entry is not an address ("unknown"), the last known proxy is the
// client.
ClientAddress client_address(const Request& request, const boost::asio::ip::address& peer,
                             const TrustedProxies& trusted);

// The address, with ::ffff:a.b.c.d as IPv4.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

// Whether the headers show that a proxy forwarded the request.
bool is_forwarded(const Request& request);

}  // namespace sagactl::http
