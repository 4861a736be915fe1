#include "server/http/connection/client_address.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/text/text.hpp"

namespace sagactl::http {
namespace asio = boost::asio;
namespace {

using Bytes = asio::ip::address_v6::bytes_type;

Bytes bytes_of(const asio::ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

bool same_bits(const Bytes& a, const Bytes& b, int bits) {
  const auto full_bytes = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(full_bytes), b.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || (a[full_bytes] ^ b[full_bytes]) >> (8 - rest) == 0;
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80".
std::optional<asio::ip::address> parse_hop(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(std::string(text), failed);
  if (failed) return std::nullopt;
  return plain_address(address);
}

// Splits at `separator` outside of quotes.
std::vector<std::string> split_unquoted(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      parts.back() += c;
      parts.back() += text[++i];
    } else if (c == separator && !quoted) {
      parts.emplace_back();
    } else {
      quoted ^= c == '"';
      parts.back() += c;
    }
  }
  return parts;
}

std::string unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

// The elements of all headers of that name, in order.
std::vector<std::string> header_elements(const Request& request, std::string_view name) {
  std::vector<std::string> all;
  for (const Header& header : request.headers) {
    if (header.name != name) continue;
    for (std::string& part : split_unquoted(header.value, ',')) all.push_back(std::move(part));
  }
  return all;
}

std::string parameter_of(std::string_view element, std::string_view name) {
  for (const std::string& pair : split_unquoted(element, ';')) {
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos && lower(trim(std::string_view(pair).substr(0, equals))) == name)
      return unquoted(std::string_view(pair).substr(equals + 1));
  }
  return {};
}

struct ProxyHop {
  std::string node, scheme;
};

std::vector<ProxyHop> forwarded_hops(const Request& request) {
  std::vector<ProxyHop> hops;
  for (const std::string& element : header_elements(request, "forwarded"))
    hops.push_back({parameter_of(element, "for"), lower(parameter_of(element, "proto"))});
  return hops;
}

std::vector<ProxyHop> x_forwarded_hops(const Request& request) {
  std::vector<ProxyHop> hops;
  for (std::string& node : header_elements(request, "x-forwarded-for")) hops.push_back({std::move(node), ""});
  const std::vector<std::string> schemes = header_elements(request, "x-forwarded-proto");
  // One for each hop, or, with most proxies, one for all of them.
  for (std::size_t i = 0; i < hops.size() && !schemes.empty(); ++i) {
    const std::size_t from_right = hops.size() - 1 - i;
    const std::size_t which = from_right < schemes.size() ? schemes.size() - 1 - from_right : 0;
    hops[i].scheme = lower(trim(schemes[which]));
  }
  return hops;
}

// None: a hop is not an address. `last_known` is then the last one that is.
std::optional<ClientAddress> find_client(const std::vector<ProxyHop>& hops, const asio::ip::address& peer,
                                         const TrustedProxies& trusted, ClientAddress& last_known) {
  last_known = {peer, false};
  for (auto hop = hops.rbegin(); hop != hops.rend() && trusted.contains(last_known.address); ++hop) {
    const auto address = parse_hop(hop->node);
    if (!address) return std::nullopt;
    last_known = {*address, hop->scheme == "https"};
  }
  return last_known;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
  TrustedProxies trusted;
  for (const std::string& text : networks) {
    const std::size_t slash = text.find('/');
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(std::string(trim(text.substr(0, slash))), failed);
    const int most = !failed && address.is_v4() ? 32 : 128;
    int bits = most;
    if (slash != text.npos) {
      const std::string_view number = trim(std::string_view(text).substr(slash + 1));
      const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), bits);
      if (wrong != std::errc{} || end != number.data() + number.size()) bits = -1;
    }
    if (failed || bits < 0 || bits > most)
      return Error{ErrorCode::invalid, "'" + text +
                                           "' is neither an IP address nor a network such as 10.0.0.0/8 or "
                                           "fd00::/8"};
    trusted.networks_.push_back({bytes_of(address), bits + 128 - most});
  }
  return trusted;
}

bool TrustedProxies::contains(const asio::ip::address& address) const {
  const Bytes bytes = bytes_of(address);
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const AddressRange& network) { return same_bits(bytes, network.address, network.bits); });
}

asio::ip::address plain_address(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

ClientAddress client_address(const Request& request, const asio::ip::address& peer, const TrustedProxies& trusted) {
  if (trusted.empty() || !trusted.contains(peer)) return {peer, false};
  const std::vector<ProxyHop> by_x = x_forwarded_hops(request), by_standard = forwarded_hops(request);
  ClientAddress last_by_x, last_by_standard;
  const auto x = find_client(by_x, peer, trusted, last_by_x);
  const auto standard = find_client(by_standard, peer, trusted, last_by_standard);
  if (by_standard.empty()) return x ? *x : last_by_x;
  if (by_x.empty()) return standard ? *standard : last_by_standard;
  // A proxy writes one of the two and passes the other on as the client sent it.
  if (x && standard && x->address == standard->address) return *x;
  return {peer, false};
}

bool is_forwarded(const Request& request) {
  static constexpr std::string_view names[] = {"forwarded",
                                               "via",
                                               "x-real-ip",
                                               "x-client-ip",
                                               "true-client-ip",
                                               "x-cluster-client-ip",
                                               "cf-connecting-ip",
                                               "x-original-forwarded-for",
                                               "x-envoy-external-address"};
  return std::any_of(request.headers.begin(), request.headers.end(), [](const Header& header) {
    const std::string_view name = header.name;
    return name.starts_with("x-forwarded") || std::find(std::begin(names), std::end(names), name) != std::end(names);
  });
}

}  // namespace sagactl::http
