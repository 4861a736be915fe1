// Which servers a node may call. A definition comes from whoever may publish one, and an answer's Location from the
// participant: neither may make the node call services that only it can reach.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"

namespace sagactl {

// How a host is on the list.
enum class HostListing {
  no,
  by_name,     // whatever addresses its name has, special ones excepted
  by_address,  // each of its addresses has to be on the list
};

class AllowList {
 public:
  // Entries: "hotel", "hotel:8080", "*.example.com" (every name below it), "10.0.0.7", "[::1]:8080", "10.0.0.0/8". None
  // at all: this machine's own, by its loopback addresses. `invalid` names the entry that is none of these.
  static Result<AllowList> parse(std::span<const std::string> entries);

  HostListing listing_of(std::string_view host, std::uint16_t port) const;
  // Whether to connect to this address of a host that is listed in that way. Special addresses (link-local ones, those
  // of clouds' metadata services, unspecified, multicast and broadcast ones) are listed only by an entry for them
  // alone: 0.0.0.0/0 is none.
  bool allows(const boost::asio::ip::address& address, std::uint16_t port, HostListing listing) const;

  const std::string& text() const { return text_; }  // the entries, for messages

 private:
  struct Name {
    std::string name;    // in lower case
    bool is_suffix;      // ".example.com": of every name that ends with it
    std::uint16_t port;  // 0: any
  };
  // Of IPv4 as IPv4-mapped IPv6, so that there is one kind.
  struct Range {
    boost::asio::ip::network_v6 network;
    std::uint16_t port;
    std::optional<std::size_t> special;  // which of the special ranges it lies in
  };

  Result<void> add(std::string_view entry);
  bool add_range(std::string_view address, std::optional<int> length, std::uint16_t port);
  bool is_in_range(const boost::asio::ip::address_v6& address, std::uint16_t port,
                   std::optional<std::size_t> special) const;

  std::vector<Name> names_;
  std::vector<Range> ranges_;
  std::string text_;
};

}  // namespace sagactl
