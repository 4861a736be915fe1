// Where a PostgreSQL database is and how to log in there, from a URL.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/result.hpp"

namespace sagactl::postgres {

class PostgresAddress {
 public:
  // "postgres://user:password@host:port/database?..." with libpq's parameters. `invalid` when it is none.
  static Result<PostgresAddress> parse(const std::string& url);

  // What libpq is given; empty where it has a default of its own.
  std::string get(const std::string& keyword) const;
  void set(const std::string& keyword, const std::string& value);
  const std::vector<std::pair<std::string, std::string>>& settings() const { return settings_; }

  std::string database() const;
  // "127.0.0.1:5432", or several with commas.
  std::string hosts() const;
  // Each of several hosts by itself, whatever it is for.
  std::vector<PostgresAddress> each_host() const;
  // "nestjs_cqrs at saga@127.0.0.1:5432": for messages; never with the password. Of several hosts each with its port.
  std::string text() const;
  PostgresAddress with_database(const std::string& name) const;

 private:
  std::vector<std::pair<std::string, std::string>> settings_;
};

}  // namespace sagactl::postgres
