// A server of a test's own that speaks MongoDB's protocol (FerretDB), removed with it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sagactl {

class MongoServer {
 public:
  // `identity`: the files of a certificate and its key, with which it speaks TLS alone. Null where the server cannot be
  // built: `why` says so.
  static std::unique_ptr<MongoServer> start(std::string& why, const std::vector<std::string>& identity = {});
  ~MongoServer();
  MongoServer(const MongoServer&) = delete;
  MongoServer& operator=(const MongoServer&) = delete;

  // Of the database `shop`. `user`: "ann:secret@".
  std::string url(const std::string& parameters = {}, const std::string& user = {}) const;

 private:
  MongoServer(std::string directory, std::uint16_t port) : directory_(std::move(directory)), port_(port) {}
  void launch(const std::string& program, const std::vector<std::string>& identity);

  const std::string directory_;
  const std::uint16_t port_;
  pid_t process_ = -1;
};

}  // namespace sagactl
