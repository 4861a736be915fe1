// Certificates for servers of tests that speak TLS, in a folder that goes with them.
#pragma once

#include <filesystem>
#include <string>

namespace sagactl {

// NAME.pem is a certificate, NAME.key its key, both in PEM:
//   ca         an authority; other: another one
//   server     by ca, for localhost and 127.0.0.1; server.all.pem holds its key as well
//   elsewhere  by ca, for elsewhere.example
//   saga       by ca, of a client named saga; outsider: by other, of a client
class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;

  static bool can_be_made();  // openssl is installed
  std::string file(const std::string& name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace sagactl
