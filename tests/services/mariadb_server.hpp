// A MariaDB server of a test's own, removed with it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

namespace sagactl {

class MariadbServer {
 public:
  static constexpr const char* user = "saga";
  static constexpr const char* password = "s3cret of the test";

  // Null where MariaDB is not installed. It has the database `shop`, which `user` may use.
  static std::unique_ptr<MariadbServer> start();
  ~MariadbServer();
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;

  std::string url() const;
  // SQL statements, as an administrator in the database `shop`. Did they succeed?
  bool run(const std::string& sql) const;

 private:
  MariadbServer(std::string directory, std::uint16_t port) : directory_(std::move(directory)), port_(port) {}
  void launch();
  std::string client() const;  // a command line that reads statements

  const std::string directory_;
  const std::uint16_t port_;
  pid_t process_ = -1;
};

}  // namespace sagactl
