#include "cli/dependencies/redis.hpp"

#include "httpclient/url.hpp"
#include "server/adapters/redis/redis_address.hpp"

namespace sagactl {
namespace {

Error with_source(const std::string& source, Error error) {
  error.message = source + ": " + error.message;
  return error;
}

Result<std::string> url_from(const Environment& environment, std::string host) {
  const auto port = environment.port("REDIS_PORT", "6379");
  if (!port) return port.error();

  if (host.find(':') != host.npos && !host.starts_with('[')) host = "[" + host + "]";
  std::string url = "redis://";
  if (const auto password = environment.get("REDIS_PASSWORD")) url += ":" + percent_encode(*password) + "@";
  url += host;
  if (environment.get("REDIS_PORT")) url += ":" + *port;
  if (const auto database = environment.get("REDIS_DB")) url += "/" + *database;
  return url;
}

}  // namespace

Result<std::string> redis_url(const std::string& flag, const Environment& environment) {
  const auto host = environment.get("REDIS_HOST");
  if (flag.empty() && !host) return std::string();
  auto url = flag.empty() ? url_from(environment, *host) : Result<std::string>(flag);
  if (!url) return url;
  if (const auto address = parse_redis_url(*url); !address)
    return with_source(flag.empty() ? "REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, REDIS_DB" : "--redis", address.error());
  return url;
}

}  // namespace sagactl
