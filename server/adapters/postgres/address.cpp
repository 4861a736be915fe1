#include "server/adapters/postgres/address.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "common/text.hpp"
#include "server/adapters/postgres/postgres_store.hpp"

namespace sagactl {
namespace postgres {

Result<Address> Address::parse(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), &message), &PQconninfoFree);
  PQfreemem(message);  // it repeats the URL, with its password
  if (!is_postgres_url(url) || !options)
    return Error{ErrorCode::invalid,
                 "the database's URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with "
                 "special characters as %XX"};
  Address address;
  for (const PQconninfoOption* option = options.get(); option->keyword; ++option)
    if (option->val) address.settings_.emplace_back(option->keyword, option->val);
  return address;
}

std::string Address::get(const std::string& keyword) const {
  for (const auto& [name, value] : settings_)
    if (name == keyword) return value;
  return {};
}

void Address::set(const std::string& keyword, const std::string& value) {
  for (auto& [name, old] : settings_)
    if (name == keyword) {
      old = value;
      return;
    }
  settings_.emplace_back(keyword, value);
}

std::string Address::database() const {
  const std::string name = get("dbname");
  return name.empty() ? get("user") : name;
}

std::string Address::hosts() const {
  const std::string host = get("host");
  const std::vector<std::string> names = split(host.empty() ? get("hostaddr") : host, ','), ports = split(get("port"), ',');
  std::string text;
  for (std::size_t i = 0; i < std::max<std::size_t>(names.size(), 1); ++i) {
    const std::string port = ports.empty() ? "" : ports[ports.size() == 1 ? 0 : std::min(i, ports.size() - 1)];
    text += fmt::format("{}{}:{}", i > 0 ? "," : "", names.empty() ? "" : names[i], port.empty() ? "5432" : port);
  }
  return text;
}

std::string Address::text() const {
  return fmt::format("{} at {}@{}", database(), get("user"), hosts());
}

Address Address::with_database(const std::string& name) const {
  Address other = *this;
  other.set("dbname", name);
  return other;
}

}  // namespace postgres

std::string shown_postgres_url(const std::string& url) {
  const auto address = postgres::Address::parse(url);
  if (!address) return "postgres://";
  return fmt::format("postgres://{}@{}/{}", address->get("user"), address->hosts(), address->database());
}

bool is_postgres_url(const std::string& database) {
  return database.starts_with("postgres://") || database.starts_with("postgresql://");
}

}  // namespace sagactl
