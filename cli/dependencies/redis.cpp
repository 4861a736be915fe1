#include "cli/dependencies/redis.hpp"

#include "cli/flag.hpp"
#include "httpclient/url.hpp"

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
  const auto host = environment.get("REDIS_HOST"), named = environment.get("REDIS_URL");
  if (flag.empty() && !named && !host) return std::string();
  auto url = !flag.empty() ? Result<std::string>(flag)
             : named       ? Result<std::string>(*named)
                           : url_from(environment, *host);
  if (!url) return url;
  const std::string source = !flag.empty() ? "--redis"
                             : named       ? "REDIS_URL"
                                           : "REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, REDIS_DB";
  if (const auto address = parse_redis_url(*url); !address) return with_source(source, address.error());
  return url;
}

RedisSecurity redis_security(const RedisFlags& flags, const Environment& environment) {
  RedisSecurity security = flags.security;
  for (std::string RedisSecurity::*file :
       {&RedisSecurity::ca_file, &RedisSecurity::certificate_file, &RedisSecurity::key_file})
    if (std::string& name = security.*file; !name.empty()) name = environment.resolve(name).string();
  security.sentinel_user = environment.get("REDIS_SENTINEL_USER").value_or("");
  security.sentinel_password = environment.get("REDIS_SENTINEL_PASSWORD").value_or("");
  return security;
}

void add_redis_security_flags(CLI::App& app, Commands& commands, RedisFlags& flags) {
  const auto add = [&](const char* name, std::string& file, const char* help, const char* variable,
                       const char* of_serve) {
    const Flag flag = add_text(app, name, file, "FILE", help);
    commands.share(flag);
    commands.add_variables(flag, {variable, of_serve});
  };
  add("--redis-ca", flags.security.ca_file,
      "Certificates that are trusted for a rediss:// address, as PEM [those of this machine]", "REDIS_CA_FILE",
      "SAGACTL_SERVE_REDIS_CA");
  add("--redis-cert", flags.security.certificate_file, "Certificate of this client for Redis, as PEM [none]",
      "REDIS_CERT_FILE", "SAGACTL_SERVE_REDIS_CERT");
  add("--redis-key", flags.security.key_file, "Key of that certificate, as PEM [none]", "REDIS_KEY_FILE",
      "SAGACTL_SERVE_REDIS_KEY");
}

}  // namespace sagactl
