// Whose request it is: of the other end of the connection, or of a client for whom proxies that are trusted speak.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::http {

// Networks whose word about others counts.
class TrustedProxies {
 public:
  // Each is an address or a network, "10.0.0.0/8" or "fd00::/8"; `invalid` says which is neither.
  static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

  bool empty() const { return networks_.empty(); }
  bool contains(const boost::asio::ip::address& address) const;

 private:
  struct Network {
    boost::asio::ip::address_v6::bytes_type address;  // of IPv4 as ::ffff:a.b.c.d
    int bits;
  };
  std::vector<Network> networks_;
};

struct ClientAddress {
  boost::asio::ip::address address;
  bool is_https = false;  // the client's own connection, by the word of a trusted proxy
};

// Headers are read only when `peer` is a trusted proxy: X-Forwarded-For or Forwarded (RFC 7239) from the right, since
// each proxy adds to their ends, up to the first address that is no trusted proxy. What is left of that is the
// client's own word. Where the two headers do not agree, or one of them names somebody that is no address
// ("unknown"), the last proxy that is known counts.
ClientAddress client_address(const Request& request, const boost::asio::ip::address& peer,
                             const TrustedProxies& trusted);

// IPv4 as such also where the system shows it as ::ffff:a.b.c.d.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

// Whether a proxy has handed the request on, as far as it says so.
bool is_forwarded(const Request& request);

}  // namespace sagactl::http
