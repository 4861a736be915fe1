#include "cli/foreign/mysql_url.hpp"

#include <fmt/format.h>

#include "common/loopback.hpp"
#include "common/text/host_port.hpp"
#include "common/text/percent.hpp"
#include "common/text/secret_text.hpp"

namespace sagactl {
namespace {

constexpr std::string_view schemes[] = {"mysql://", "mariadb://"};

Error wrong_url(std::string_view text, std::string_view why) {
  return {ErrorCode::invalid,
          fmt::format("'{}' is not the address of a database: {}; write mysql://USER@HOST:PORT/DATABASE",
                      without_secrets(text), why)};
}

// A % that begins no escape stays.
std::string decoded(std::string_view text) {
  return percent_decode(text).value_or(std::string(text));
}

std::string_view cut_off(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view rest = at == text.npos ? std::string_view() : text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

Result<void> read_parameter(std::string_view text, std::string_view parameter, MysqlAddress& address) {
  const std::string_view value = cut_off(parameter, '=');
  if (parameter == "ssl-ca") {
    address.ca_file = decoded(value);
    address.tls = MysqlTls::verify_identity;
    return {};
  }
  if (parameter != "ssl-mode")
    return wrong_url(text, fmt::format("'{}' is not a parameter; the parameters are ssl-mode and ssl-ca", parameter));
  if (value == "disabled")
    address.tls = MysqlTls::disabled;
  else if (value == "required")
    address.tls = MysqlTls::required;
  else if (value == "verify-identity")
    address.tls = MysqlTls::verify_identity;
  else
    return wrong_url(text, fmt::format("ssl-mode must be disabled, required or verify-identity, not '{}'", value));
  return {};
}

}  // namespace

bool is_mysql_url(std::string_view text) {
  for (const std::string_view scheme : schemes)
    if (text.starts_with(scheme)) return true;
  return false;
}

Result<MysqlAddress> parse_mysql_url(std::string_view text) {
  MysqlAddress address;
  std::string_view server = text;
  for (const std::string_view scheme : schemes)
    if (text.starts_with(scheme)) server.remove_prefix(scheme.size());
  std::string_view parameters = cut_off(server, '?');
  address.database = decoded(cut_off(server, '/'));
  if (address.database.empty()) return wrong_url(text, "it names no database");
  if (const std::size_t at = server.rfind('@'); at != server.npos) {
    std::string_view user = server.substr(0, at);
    server.remove_prefix(at + 1);
    address.password = decoded(cut_off(user, ':'));
    address.user = decoded(user);
  }
  const auto place = parse_host_port(server);
  if (!place) return wrong_url(text, place.error().message);
  address.host = place->host;
  address.port = place->port.value_or(address.port);
  if (is_loopback_host(address.host)) address.tls = MysqlTls::disabled;
  while (!parameters.empty()) {
    const std::string_view rest = cut_off(parameters, '&');
    if (auto read = read_parameter(text, parameters, address); !read) return read.error();
    parameters = rest;
  }
  return address;
}

}  // namespace sagactl
