#include "common/text/host_port.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <cctype>
#include <charconv>

namespace sagactl {
namespace {

namespace urls = boost::urls;

Error wrong(std::string_view why) {
  return Error{ErrorCode::invalid, std::string(why)};
}

constexpr std::string_view wrong_port = "its port is not a number from 1 to 65535";

// The grammar also allows escapes and punctuation in a name, which no resolver accepts.
bool is_of_a_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_';
}

// Takes the zone ("%eth0") out of "[fe80::1%eth0]:80": it belongs to this machine, and the grammar of URLs has none.
std::string take_zone(std::string& text) {
  const std::size_t zone = text.find('%'), end = text.find(']');
  if (!text.starts_with('[') || zone == text.npos || end == text.npos || zone > end) return {};
  std::string taken = text.substr(zone, end - zone);
  text.erase(zone, end - zone);
  return taken;
}

Error why_not(std::string_view text) {
  const bool has_bracket = text.starts_with('[');
  if (has_bracket && text.find(']') == text.npos) return wrong("a bracket is not closed");
  if (!has_bracket && std::count(text.begin(), text.end(), ':') > 1)
    return wrong("an IPv6 address must be in brackets, as in [::1]");
  const std::size_t colon = text.rfind(':');
  if (colon != text.npos && urls::parse_authority(text.substr(0, colon))) return wrong(wrong_port);
  if (has_bracket) return wrong("what its brackets hold is no IPv6 address, or more than a port follows them");
  return wrong("its host has a character that no host has");
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text) {
  std::string plain(text);
  const std::string zone = take_zone(plain);
  const auto parsed = urls::parse_authority(plain);
  if (!parsed) return why_not(plain);
  if (parsed->has_userinfo()) return wrong("it has a user or a password before its host");
  // Its number is taken from the text: port_number() drops the digits that do not fit.
  unsigned port = 0;
  if (const std::string_view digits(parsed->port()); parsed->has_port()) {
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (read.ec != std::errc() || port < 1 || port > 65535) return wrong(wrong_port);
  }
  HostPort found;
  if (parsed->host_type() == urls::host_type::ipv6) {
    found.host = std::string(parsed->host_address()) + zone;
  } else {
    found.host = std::string(parsed->encoded_host());
    if (found.host.empty()) return wrong("it names no host");
    if (!std::all_of(found.host.begin(), found.host.end(), is_of_a_name))
      return wrong("its host has a character that no host has");
  }
  if (port > 0) found.port = static_cast<std::uint16_t>(port);
  return found;
}

std::string host_port_text(std::string_view host, std::uint16_t port) {
  return host.find(':') == host.npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

}  // namespace sagactl
