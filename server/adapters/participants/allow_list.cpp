#include "server/adapters/participants/allow_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/text/host_port.hpp"
#include "common/text/text.hpp"

namespace sagactl {

namespace ip = boost::asio::ip;

namespace {

constexpr int mapped_length = 96;  // of ::ffff:0:0/96

ip::address_v6 as_v6(const ip::address& address) {
  return address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
}

bool contains(const ip::network_v6& network, const ip::address_v6& address) {
  return ip::network_v6(address, network.prefix_length()).canonical() == network;
}

const std::vector<ip::network_v6>& special_ranges() {
  static const std::vector<ip::network_v6> ranges = [] {
    std::vector<ip::network_v6> out;
    // Unspecified, link-local with the metadata services of most clouds, that of another, multicast, broadcast.
    for (const auto& [v4, length] :
         {std::pair("0.0.0.0", 8), std::pair("169.254.0.0", 16), std::pair("100.100.100.200", 32),
          std::pair("224.0.0.0", 4), std::pair("255.255.255.255", 32)})
      out.emplace_back(as_v6(ip::make_address(v4)), static_cast<unsigned short>(mapped_length + length));
    for (const auto& [v6, length] :
         {std::pair("::", 128), std::pair("fe80::", 10), std::pair("fd00:ec2::254", 128), std::pair("ff00::", 8)})
      out.emplace_back(ip::make_address_v6(v6), static_cast<unsigned short>(length));
    return out;
  }();
  return ranges;
}

std::optional<std::size_t> special_of(const ip::address_v6& address) {
  const auto& ranges = special_ranges();
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (contains(ranges[i], address)) return i;
  return std::nullopt;
}

// The IPv4 address that gateways reach by this address: NAT64 (RFC 6052), 6to4 (RFC 3056), IPv4-compatible.
std::optional<ip::address_v6> embedded_v4(const ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  const auto v4_at = [&](std::size_t at) {
    return as_v6(ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]}));
  };
  if (contains({ip::make_address_v6("64:ff9b::"), 96}, address)) return v4_at(12);
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return v4_at(2);
  const bool is_compatible = std::all_of(bytes.begin(), bytes.begin() + 12, [](auto byte) { return byte == 0; });
  if (is_compatible && !address.is_loopback() && !address.is_unspecified()) return v4_at(12);
  return std::nullopt;
}

std::string plain_name(std::string_view host) {
  std::string name = lower(host);
  if (name.ends_with('.')) name.pop_back();
  return name;
}

std::optional<ip::address> address_of(std::string_view text) {
  boost::system::error_code failure;
  const auto address = ip::make_address(std::string(text), failure);
  if (failure || (address.is_v6() && address.to_v6().scope_id() != 0)) return std::nullopt;
  return address;
}

}  // namespace

Result<AllowList> AllowList::parse(std::span<const std::string> entries) {
  static const std::string loopback[] = {"127.0.0.0/8", "::1", "localhost"};
  if (entries.empty()) entries = loopback;
  AllowList list;
  for (const std::string& entry : entries)
    if (auto added = list.add(trim(entry)); !added) return added.error();
  list.text_ = join(entries, ", ");
  return list;
}

Result<void> AllowList::add(std::string_view entry) {
  const auto wrong = [&](std::string_view why) {
    return Error{ErrorCode::invalid, fmt::format("'{}' is no server that may be called: {}; write a host, host:port, "
                                                 "*.example.com, an address or a range like 10.0.0.0/8",
                                                 entry, why)};
  };
  if (const auto slash = entry.find('/'); slash != entry.npos) {
    int length = -1;
    const std::string_view digits = entry.substr(slash + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    const bool is_number = read.ec == std::errc() && read.ptr == digits.data() + digits.size() && length >= 0;
    if (!is_number || !add_range(entry.substr(0, slash), length, 0)) return wrong("this is no range of addresses");
    return {};
  }
  if (add_range(entry, std::nullopt, 0)) return {};
  const auto server = parse_host_port(entry.starts_with("*.") ? entry.substr(2) : entry);
  if (!server) return wrong(server.error().message);
  if (server->host.find('*') != std::string::npos) return wrong("a * stands only before the first dot");
  const std::uint16_t port = server->port.value_or(0);
  const bool is_suffix = entry.starts_with("*.");
  if (!is_suffix && add_range(server->host, std::nullopt, port)) return {};
  names_.push_back({(is_suffix ? "." : "") + plain_name(server->host), is_suffix, port});
  return {};
}

bool AllowList::add_range(std::string_view text, std::optional<int> length, std::uint16_t port) {
  const auto address = address_of(text);
  if (!address) return false;
  const int length_max = address->is_v4() ? 32 : 128;
  if (length.value_or(0) > length_max) return false;
  const int bits = length.value_or(length_max) + (address->is_v4() ? mapped_length : 0);
  const ip::network_v6 network = ip::network_v6(as_v6(*address), static_cast<unsigned short>(bits)).canonical();
  std::optional<std::size_t> special = special_of(network.address());
  if (special && network.prefix_length() < special_ranges()[*special].prefix_length()) special.reset();
  ranges_.push_back({network, port, special});
  return true;
}

bool AllowList::is_in_range(const ip::address_v6& address, std::uint16_t port,
                            std::optional<std::size_t> special) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
    return (range.port == 0 || range.port == port) && (!special || range.special == special) &&
           contains(range.network, address);
  });
}

HostListing AllowList::listing_of(std::string_view host, std::uint16_t port) const {
  if (address_of(host)) return HostListing::by_address;
  const std::string name = plain_name(host);
  for (const Name& it : names_)
    if ((it.port == 0 || it.port == port) && (it.is_suffix ? name.ends_with(it.name) : name == it.name))
      return HostListing::by_name;
  return ranges_.empty() ? HostListing::no : HostListing::by_address;
}

bool AllowList::allows(const ip::address& address, std::uint16_t port, HostListing listing) const {
  if (listing == HostListing::no) return false;
  const ip::address_v6 plain = as_v6(address);
  std::optional<std::size_t> special = special_of(plain);
  if (special) return is_in_range(plain, port, special);
  if (const auto v4 = embedded_v4(plain)) special = special_of(*v4);
  if (special) return is_in_range(*embedded_v4(plain), port, special);
  return listing == HostListing::by_name || is_in_range(plain, port, std::nullopt);
}

}  // namespace sagactl
