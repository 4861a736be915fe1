#include "server/adapters/redis/redis_address.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "common/text/percent.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int database_max = 1'000'000;  // Redis refuses those that it does not have
constexpr std::size_t members_max = 64;
constexpr std::uint16_t sentinel_port = 26379;

struct Scheme {
  std::string_view text;
  RedisKind kind;
  bool tls;
};
constexpr std::array<Scheme, 8> schemes{{
    {"redis://", RedisKind::standalone, false},
    {"rediss://", RedisKind::standalone, true},
    {"valkey://", RedisKind::standalone, false},
    {"valkeys://", RedisKind::standalone, true},
    {"redis+sentinel://", RedisKind::sentinel, false},
    {"rediss+sentinel://", RedisKind::sentinel, true},
    {"redis+cluster://", RedisKind::cluster, false},
    {"rediss+cluster://", RedisKind::cluster, true},
}};
constexpr std::string_view socket_scheme = "unix://";

Error wrong(std::string_view url, std::string_view why) {
  return Error{ErrorCode::invalid,
               fmt::format("'{}' is not the address of a Redis: {}; write redis://HOST:PORT, such as "
                           "redis://127.0.0.1:6379, rediss:// for TLS, redis+sentinel://HOST,HOST/NAME, "
                           "redis+cluster://HOST,HOST, or unix:///PATH",
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

constexpr const char* wrong_credentials = "before the @ belongs a colon and the password, percent-encoded";
constexpr const char* wrong_number = "what follows the / must be the number of a database";

// "/path?db=1", or "user:password@/path".
Result<RedisAddress> read_socket(std::string_view url, std::string_view rest) {
  RedisAddress address;
  if (const std::size_t at = rest.find("@/"); at != rest.npos) {
    if (!read_credentials(rest.substr(0, at), address)) return wrong(url, wrong_credentials);
    rest = rest.substr(at + 1);
  }
  const std::size_t query = std::min(rest.find('?'), rest.size());
  const auto path = percent_decode(rest.substr(0, query));
  if (!path || !path->starts_with('/') || path->size() < 2)
    return wrong(url, "the path of the socket must be absolute");
  address.socket = *path;
  if (query == rest.size()) return address;
  constexpr std::string_view name = "?db=";
  const std::string_view parameter = rest.substr(query);
  const auto index = parameter.starts_with(name) ? database_number(parameter.substr(name.size())) : std::nullopt;
  if (!index) return wrong(url, "only ?db=NUMBER may follow the path of the socket");
  address.database = *index;
  return address;
}

Result<void> read_members(std::string_view url, std::string_view text, RedisAddress& address) {
  const std::vector<std::string> all = split(text, ',');
  if (all.empty() || all.size() > members_max)
    return wrong(url, fmt::format("it names no host, or over {}", members_max));
  for (const std::string& each : all) {
    auto member = parse_host_port(each);
    if (!member) return wrong(url, member.error().message);
    if (!member->port) member->port = address.kind == RedisKind::sentinel ? sentinel_port : address.port;
    address.members.push_back(std::move(member).value());
  }
  return {};
}

Result<void> read_servers(std::string_view url, std::string_view text, RedisAddress& address) {
  if (address.kind != RedisKind::standalone) return read_members(url, text, address);
  if (text.find(',') != text.npos)
    return wrong(url, "several hosts are those of sentinels (redis+sentinel://) or of a cluster (redis+cluster://)");
  const auto server = parse_host_port(text);
  if (!server) return wrong(url, server.error().message);
  address.host = server->host;
  address.port = server->port.value_or(address.port);
  return {};
}

// What follows the hosts: "", "/db" or "/name/db".
Result<void> read_path(std::string_view url, std::string_view path, RedisAddress& address) {
  if (!path.empty()) path.remove_prefix(1);
  if (address.kind == RedisKind::sentinel) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const auto name = percent_decode(path.substr(0, slash));
    if (!name || name->empty())
      return wrong(url, "after the sentinels belongs the name of the master, as in /mymaster");
    address.master = *name;
    path = path.substr(std::min(slash + 1, path.size()));
  }
  if (path.empty()) return {};
  const auto index = database_number(path);
  if (!index) return wrong(url, wrong_number);
  if (address.kind == RedisKind::cluster && *index != 0) return wrong(url, "a cluster has no other database than 0");
  address.database = *index;
  return {};
}

Result<void> check_security(const RedisAddress& address) {
  const RedisSecurity& security = address.security;
  const auto refuse = [](std::string message) { return Error{ErrorCode::invalid, std::move(message)}; };
  if (security.certificate_file.empty() != security.key_file.empty())
    return refuse("--redis-cert and --redis-key belong together: the client's certificate and its key");
  for (const auto& [flag, file] :
       {std::pair("--redis-ca", &security.ca_file), std::pair("--redis-cert", &security.certificate_file),
        std::pair("--redis-key", &security.key_file)}) {
    if (file->empty()) continue;
    if (!address.tls) return refuse(fmt::format("{} needs TLS: write the address as rediss://", flag));
    if (::access(file->c_str(), R_OK) != 0) return refuse(fmt::format("{}: cannot read {}", flag, *file));
  }
  return {};
}

std::string members_text(const RedisAddress& address) {
  std::vector<std::string> all;
  for (const HostPort& member : address.members) all.push_back(host_port_text(member.host, member.port.value_or(0)));
  return join(all, ",");
}

}  // namespace

std::string RedisAddress::shown() const {
  if (kind == RedisKind::sentinel)
    return fmt::format("{} by the sentinels {}/{}", master, members_text(*this), database);
  if (kind == RedisKind::cluster) return fmt::format("the cluster {}", members_text(*this));
  return fmt::format("{}/{}", socket.empty() ? host_port_text(host, port) : socket, database);
}

Result<RedisAddress> parse_redis_url(std::string_view url, const RedisSecurity& security) {
  if (url.starts_with(socket_scheme)) return read_socket(url, url.substr(socket_scheme.size()));
  const auto* scheme =
      std::find_if(schemes.begin(), schemes.end(), [url](const Scheme& each) { return url.starts_with(each.text); });
  if (scheme == schemes.end()) return wrong(url, "it does not begin with redis://");
  std::string_view rest = url.substr(scheme->text.size());
  RedisAddress address;
  address.kind = scheme->kind;
  address.tls = scheme->tls;
  address.security = security;
  if (const std::size_t at = rest.rfind('@'); at != rest.npos) {
    if (!read_credentials(rest.substr(0, at), address)) return wrong(url, wrong_credentials);
    rest = rest.substr(at + 1);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  if (auto read = read_servers(url, rest.substr(0, slash), address); !read) return read.error();
  if (auto read = read_path(url, rest.substr(slash), address); !read) return read.error();
  if (auto checked = check_security(address); !checked) return checked.error();
  return address;
}

}  // namespace sagactl
