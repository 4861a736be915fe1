#include "server/adapters/kafka/client/kafka_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t brokers_max = 64;

bool is_host(std::string_view host) {
  if (host.empty()) return false;
  if (host.front() == '[') return host.size() > 2 && host.back() == ']';
  return std::all_of(host.begin(), host.end(), [](const char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

bool is_port(std::string_view port) {
  int number = 0;
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), number);
  return failure == std::errc() && end == port.data() + port.size() && number >= 1 && number <= 65'535;
}

Error wrong(std::string_view entry) {
  return Error{ErrorCode::invalid,
               fmt::format("'{}' is not a broker; write them as host:port,host:port (a missing port is {})", entry,
                           kafka_port)};
}

}  // namespace

Result<std::string> parse_brokers(std::string_view text) {
  const std::vector<std::string> entries = split(text, ',');
  if (entries.empty() || entries.size() > brokers_max)
    return Error{ErrorCode::invalid, fmt::format("a list of brokers has 1 to {} entries", brokers_max)};
  std::vector<std::string> brokers;
  for (const std::string& entry : entries) {
    const std::string_view broker = trim(entry);
    const std::size_t bracket = broker.rfind(']');
    const std::size_t colon = broker.find(':', bracket == broker.npos ? 0 : bracket);
    const std::string_view host = broker.substr(0, colon);
    const std::string port =
        colon == broker.npos ? std::to_string(kafka_port) : std::string(broker.substr(colon + 1));
    if (!is_host(host) || !is_port(port)) return wrong(entry);
    brokers.push_back(fmt::format("{}:{}", host, port));
  }
  return join(brokers, ",");
}

}  // namespace sagactl
