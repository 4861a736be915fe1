#include "server/adapters/redis/redis_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/text/secret_text.hpp"

namespace sagactl {
namespace {

constexpr int database_max = 1'000'000;  // Redis itself knows how many it has

Error wrong(std::string_view url, std::string_view why) {
  return Error{ErrorCode::invalid,
               fmt::format("'{}' is not the address of a Redis: {}; write redis://[:password@]host[:port][/db]",
                           without_secrets(url), why)};
}

std::optional<int> number(std::string_view text, int min, int max) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value < min || value > max)
    return std::nullopt;
  return value;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    unsigned char byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || failure != std::errc{} || end != digits.data() + 2) return std::nullopt;
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

// "user:password", ":password"; a word alone is a password that lacks its colon.
bool read_credentials(std::string_view text, RedisAddress& address) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return false;
  const auto user = percent_decoded(text.substr(0, colon)), password = percent_decoded(text.substr(colon + 1));
  if (!user || !password || password->empty()) return false;
  address.user = *user;
  address.password = *password;
  return true;
}

// "host", "host:port", "[::1]:port".
bool read_endpoint(std::string_view text, RedisAddress& address) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return false;
    address.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    address.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (address.host.empty()) return false;
  if (port.empty()) return true;
  const auto value = port.starts_with(':') ? number(port.substr(1), 1, 65'535) : std::nullopt;
  if (value) address.port = static_cast<std::uint16_t>(*value);
  return value.has_value();
}

}  // namespace

std::string RedisAddress::shown() const {
  const bool is_v6 = host.find(':') != host.npos;
  return is_v6 ? fmt::format("[{}]:{}/{}", host, port, database) : fmt::format("{}:{}/{}", host, port, database);
}

Result<RedisAddress> parse_redis_url(std::string_view url) {
  if (url.starts_with("rediss://"))
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' asks for TLS, which is not built in: use redis:// within a trusted network, or "
                             "through a TLS tunnel on this machine",
                             without_secrets(url))};
  constexpr std::string_view scheme = "redis://";
  if (!url.starts_with(scheme)) return wrong(url, "it does not begin with redis://");
  std::string_view rest = url.substr(scheme.size());
  RedisAddress address;
  if (const std::size_t at = rest.rfind('@'); at != rest.npos) {
    if (!read_credentials(rest.substr(0, at), address))
      return wrong(url, "before the @ belongs a colon and the password, percent-encoded");
    rest = rest.substr(at + 1);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  if (!read_endpoint(rest.substr(0, slash), address))
    return wrong(url, "it needs a host, and a port from 1 to 65535 after a colon");
  const std::string_view database = slash + 1 < rest.size() ? rest.substr(slash + 1) : std::string_view();
  if (database.empty()) return address;
  const auto index = number(database, 0, database_max);
  if (!index) return wrong(url, "what follows the / must be the number of a database");
  address.database = *index;
  return address;
}

}  // namespace sagactl
