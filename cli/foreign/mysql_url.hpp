// The address of a MySQL or MariaDB database: mysql://USER:PASSWORD@HOST:PORT/DATABASE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

enum class MysqlTls {
  disabled,
  required,         // encrypted, with whatever certificate
  verify_identity,  // and the certificate is of this host, and of an authority that is trusted
};

struct MysqlAddress {
  std::string host, user, password, database;
  std::uint16_t port = 3306;
  MysqlTls tls = MysqlTls::required;
  std::string ca_file;  // PEM; "" for those that the library trusts
};

bool is_mysql_url(std::string_view text);  // mysql:// or mariadb://

// Parameters: ssl-mode=disabled|required|verify-identity, ssl-ca=FILE. By default a connection is encrypted unless the
// host is this machine, and verified where a ssl-ca is given. `invalid` repeats no password.
Result<MysqlAddress> parse_mysql_url(std::string_view text);

}  // namespace sagactl
