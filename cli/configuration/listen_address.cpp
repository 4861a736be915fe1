#include "cli/configuration/listen_address.hpp"

#include <fmt/format.h>

#include "common/text/host_port.hpp"
#include "common/text/number.hpp"

namespace sagactl {

Result<ListenAddress> parse_listen_address(const std::string& text, std::uint16_t example) {
  ListenAddress address;
  if (const auto port = parse_number<std::uint16_t>(text)) {
    address.port = *port;
    return address;
  }
  const auto server = parse_host_port(text);
  if (!server || !server->port)
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is not an address: write PORT, such as {}, or HOST:PORT", text, example)};
  return ListenAddress{server->host, *server->port};
}

}  // namespace sagactl
