#include "server/adapters/postgres/connection/address.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "common/text/text.hpp"
#include "server/adapters/postgres/postgres_store.hpp"

namespace sagactl {
namespace postgres {

namespace {

// The parameter about which libpq complains; "" when it complains about something else, or when what follows the
// question mark may be a part of the password.
std::string parameter_of(const std::string& url, std::string_view complaint) {
  constexpr std::string_view mark = "URI query parameter: \"";
  const std::size_t at = complaint.find(mark), end = complaint.rfind('"');
  if (at == complaint.npos || url.find('@', url.find('?')) != url.npos) return {};
  const std::size_t begin = at + mark.size();
  return end > begin ? std::string(complaint.substr(begin, end - begin)) : std::string();
}

}  // namespace

Result<PostgresAddress> PostgresAddress::parse(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &message),
                                                                             &PQconninfoFree);
  // Not shown itself: it may repeat the URL with the password.
  const std::string parameter = message ? parameter_of(url, message) : std::string();
  PQfreemem(message);
  if (!parameter.empty())
    return Error{ErrorCode::invalid,
                 fmt::format("the database's URL has a parameter that libpq does not know, or that is not written as "
                             "NAME=VALUE with special characters as %XX: {}",
                             parameter)};
  if (!is_postgres_url(url) || !options)
    return Error{ErrorCode::invalid,
                 "the database's URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with "
                 "special characters as %XX"};
  PostgresAddress address;
  for (const PQconninfoOption* option = options.get(); option->keyword; ++option)
    if (option->val) address.settings_.emplace_back(option->keyword, option->val);
  return address;
}

std::string PostgresAddress::get(const std::string& keyword) const {
  for (const auto& [name, value] : settings_)
    if (name == keyword) return value;
  return {};
}

void PostgresAddress::set(const std::string& keyword, const std::string& value) {
  for (auto& [name, old] : settings_)
    if (name == keyword) {
      old = value;
      return;
    }
  settings_.emplace_back(keyword, value);
}

std::string PostgresAddress::database() const {
  const std::string name = get("dbname");
  return name.empty() ? get("user") : name;
}

std::vector<PostgresAddress> PostgresAddress::each_host() const {
  const std::vector<std::string> hosts = split(get("host"), ','), numbers = split(get("hostaddr"), ','),
                                 ports = split(get("port"), ',');
  std::vector<PostgresAddress> all;
  for (std::size_t i = 0; i < std::max(hosts.size(), numbers.size()); ++i) {
    PostgresAddress one = *this;
    one.set("host", i < hosts.size() ? hosts[i] : "");
    if (!numbers.empty()) one.set("hostaddr", i < numbers.size() ? numbers[i] : "");
    // A single port is that of all hosts.
    one.set("port", ports.size() == 1 ? ports.front() : i < ports.size() ? ports[i] : "");
    one.set("target_session_attrs", "any");
    all.push_back(std::move(one));
  }
  if (all.empty()) all.push_back(*this);
  return all;
}

std::string PostgresAddress::hosts() const {
  std::string text;
  for (const PostgresAddress& one : each_host()) {
    const std::string host = one.get("host"), port = one.get("port");
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", host.empty() ? one.get("hostaddr") : host,
                        port.empty() ? "5432" : port);
  }
  return text;
}

std::string PostgresAddress::users_hosts() const {
  const std::string user = get("user");
  return user.empty() ? hosts() : fmt::format("{}@{}", user, hosts());
}

std::string PostgresAddress::text() const {
  return fmt::format("{} at {}", database(), users_hosts());
}

PostgresAddress PostgresAddress::with_database(const std::string& name) const {
  PostgresAddress other = *this;
  other.set("dbname", name);
  return other;
}

}  // namespace postgres

std::string shown_postgres_url(const std::string& url) {
  const auto address = postgres::PostgresAddress::parse(url);
  if (!address) return "postgres://";
  return fmt::format("postgres://{}/{}", address->users_hosts(), address->database());
}

bool is_postgres_url(const std::string& database) {
  return database.starts_with("postgres://") || database.starts_with("postgresql://");
}

}  // namespace sagactl
