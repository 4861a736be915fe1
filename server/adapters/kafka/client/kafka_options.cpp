#include "server/adapters/kafka/client/kafka_options.hpp"

#include <fmt/format.h>

#include "common/text/host_port.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t brokers_max = 64;

Error wrong(std::string_view entry, std::string_view why) {
  return Error{ErrorCode::invalid,
               fmt::format("'{}' is not a broker: {}; write them as host:port,host:port (a missing port is {})", entry,
                           why, kafka_port)};
}

}  // namespace

Result<std::string> parse_brokers(std::string_view text) {
  const std::vector<std::string> entries = split(text, ',');
  if (entries.empty() || entries.size() > brokers_max)
    return Error{ErrorCode::invalid, fmt::format("a list of brokers has 1 to {} entries", brokers_max)};
  std::vector<std::string> brokers;
  for (const std::string& entry : entries) {
    const auto broker = parse_host_port(trim(entry));
    if (!broker) return wrong(entry, broker.error().message);
    brokers.push_back(host_port_text(broker->host, broker->port.value_or(kafka_port)));
  }
  return join(brokers, ",");
}

}  // namespace sagactl
