// The client library of MariaDB, which also speaks with MySQL. It is loaded when the first such database is opened, so
// that nothing else needs it.
#pragma once

#include <mysql.h>

#include "common/result.hpp"

namespace sagactl {

// The functions that are used, with their declarations in mysql.h.
struct MysqlLibrary {
  decltype(&mysql_init) init;
  decltype(&mysql_optionsv) optionsv;
  decltype(&mysql_real_connect) real_connect;
  decltype(&mysql_get_ssl_cipher) get_ssl_cipher;
  decltype(&mysql_real_query) real_query;
  decltype(&mysql_use_result) use_result;
  decltype(&mysql_num_fields) num_fields;
  decltype(&mysql_fetch_fields) fetch_fields;
  decltype(&mysql_fetch_row) fetch_row;
  decltype(&mysql_fetch_lengths) fetch_lengths;
  decltype(&mysql_free_result) free_result;
  decltype(&mysql_stmt_init) stmt_init;
  decltype(&mysql_stmt_prepare) stmt_prepare;
  decltype(&mysql_stmt_result_metadata) stmt_result_metadata;
  decltype(&mysql_stmt_error) stmt_error;
  decltype(&mysql_stmt_close) stmt_close;
  decltype(&mysql_error) error;
  decltype(&mysql_errno) error_number;
  decltype(&mysql_close) close;
};

// Stays loaded. `unavailable` when it is not installed: says the package.
Result<const MysqlLibrary*> mysql_library();

}  // namespace sagactl
