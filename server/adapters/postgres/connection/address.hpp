// Where a PostgreSQL database is and how to log in, from a URL.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/result.hpp"

namespace sagactl::postgres {

class PostgresAddress {
 public:
  // "postgres://user:password@host:port/database?..." with libpq's parameters. `invalid` when it is not one.
  static Result<PostgresAddress> parse(const std::string& url);

  // A parameter of libpq; empty: libpq's default.
  std::string get(const std::string& keyword) const;
  void set(const std::string& keyword, const std::string& value);
  const std::vector<std::pair<std::string, std::string>>& settings() const { return settings_; }

  std::string database() const;
  // "127.0.0.1:5432"; several are separated by commas.
  std::string hosts() const;
  // "saga@127.0.0.1:5432"; without the user where none is named.
  std::string users_hosts() const;
  // One address for each host, without target_session_attrs.
  std::vector<PostgresAddress> each_host() const;
  // For messages, never with the password: "nestjs_cqrs at saga@127.0.0.1:5432". Several hosts each with their port.
  std::string text() const;
  PostgresAddress with_database(const std::string& name) const;

 private:
  std::vector<std::pair<std::string, std::string>> settings_;
};

}  // namespace sagactl::postgres
