#include "tests/services/certificates.hpp"

#include <cstdlib>

#include "common/id.hpp"
#include "common/result.hpp"

namespace sagactl {
namespace {

std::string authority(const std::string& name) {
  return "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name +
         ".key -subj /CN=" + name + " -x509 -days 2 -out " + name + ".pem && ";
}

std::string signed_by(const std::string& ca, const std::string& name, const std::string& names_of_server) {
  return "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name +
         ".key -subj /CN=" + name + " -out " + name + ".csr && echo 'subjectAltName=" + names_of_server + "' > " +
         name + ".ext && openssl x509 -req -days 2 -in " + name + ".csr -CA " + ca + ".pem -CAkey " + ca +
         ".key -CAcreateserial -extfile " + name + ".ext -out " + name + ".pem && ";
}

}  // namespace

bool Certificates::can_be_made() {
  return std::system("command -v openssl >/dev/null") == 0;
}

Certificates::Certificates()
    : folder_(std::filesystem::temp_directory_path() / ("sagactl-certificates-" + new_uuid().text())) {
  std::filesystem::create_directories(folder_);
  const std::string commands =
      authority("ca") + authority("other") + signed_by("ca", "server", "DNS:localhost,IP:127.0.0.1") +
      signed_by("ca", "elsewhere", "DNS:elsewhere.example") + signed_by("ca", "saga", "DNS:saga") +
      signed_by("other", "outsider", "DNS:outsider") + "cat server.key server.pem > server.all.pem";
  if (std::system(("cd " + folder_.string() + " && { " + commands + "; } 2>/dev/null").c_str()) != 0)
    crash("openssl cannot make certificates");
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace sagactl
