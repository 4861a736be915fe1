#include "server/adapters/redis/redis_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/text/host_port.hpp"
#include "common/text/percent.hpp"
#include "common/text/secret_text.hpp"

namespace sagactl {
namespace {

constexpr int database_max = 1'000'000;  // Redis refuses those that it does not have

Error wrong(std::string_view url, std::string_view why) {
  return Error{
      ErrorCode::invalid,
      fmt::format("'{}' is not the address of a Redis: {}; write redis://HOST:PORT, such as redis://127.0.0.1:6379",
                  without_secrets(url), why)};
}

std::optional<int> database_number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value < 0 || value > database_max)
    return std::nullopt;
  return value;
}

// "user:password" or ":password". Without a colon it is refused: it could be either.
bool read_credentials(std::string_view text, RedisAddress& address) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return false;
  const auto user = percent_decode(text.substr(0, colon)), password = percent_decode(text.substr(colon + 1));
  if (!user || !password || password->empty()) return false;
  address.user = *user;
  address.password = *password;
  return true;
}

}  // namespace

std::string RedisAddress::shown() const {
  return fmt::format("{}/{}", host_port_text(host, port), database);
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
  const auto server = parse_host_port(rest.substr(0, slash));
  if (!server) return wrong(url, server.error().message);
  address.host = server->host;
  address.port = server->port.value_or(address.port);
  const std::string_view database = slash + 1 < rest.size() ? rest.substr(slash + 1) : std::string_view();
  if (database.empty()) return address;
  const auto index = database_number(database);
  if (!index) return wrong(url, "what follows the / must be the number of a database");
  address.database = *index;
  return address;
}

}  // namespace sagactl
