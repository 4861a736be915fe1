#include "common/loopback.hpp"

#include <arpa/inet.h>

#include <string>

#include "common/text/text.hpp"

namespace sagactl {

bool is_loopback_address(std::string_view address) {
  if (address == "::1") return true;
  in_addr ipv4;
  return address.starts_with("127.") && inet_pton(AF_INET, std::string(address).c_str(), &ipv4) == 1;
}

bool is_loopback_host(std::string_view host) {
  return is_loopback_address(host) || lower(host) == "localhost";
}

}  // namespace sagactl
