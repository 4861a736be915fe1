// The addresses of the services that tests use, from the variables that `tools/services env` prints.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

#include "tests/services/needs.hpp"

namespace sagactl {

inline std::string environment_or(const char* variable, const std::string& otherwise) {
  const char* value = std::getenv(variable);
  return value && *value ? value : otherwise;
}

// postgres://user:password@host:port/database
inline std::optional<std::string> postgres_url() {
  const std::string host = environment_or("DATABASE_HOST", "");
  if (host.empty()) return std::nullopt;
  const std::string user = environment_or("DATABASE_USER", environment_or("DATABASE_USERNAME", "postgres")),
                    password = environment_or("DATABASE_PASSWORD", "");
  return "postgres://" + user + (password.empty() ? "" : ":" + password) + "@" + host + ":" +
         environment_or("DATABASE_PORT", "5432") + "/" + environment_or("DATABASE_NAME", "nestjs_cqrs");
}

// redis://[:password@]host:port[/number]
inline std::optional<std::string> redis_url() {
  const std::string host = environment_or("REDIS_HOST", "");
  if (host.empty()) return std::nullopt;
  const std::string password = environment_or("REDIS_PASSWORD", ""), number = environment_or("REDIS_DB", "");
  return "redis://" + (password.empty() ? "" : ":" + password + "@") + host + ":" +
         environment_or("REDIS_PORT", "6379") + (number.empty() ? "" : "/" + number);
}

// "host:port,..."
inline std::optional<std::string> kafka_brokers() {
  const std::string brokers = environment_or("KAFKA_BROKERS", environment_or("KAFKA_BROKER", ""));
  if (brokers.empty()) return std::nullopt;
  return brokers;
}

}  // namespace sagactl
