#include "cli/foreign/mysql_library.hpp"

#include <fmt/format.h>

#include "cli/foreign/loaded_library.hpp"
#include "cli/invocation.hpp"

namespace sagactl {
namespace {

struct MysqlFunctions {
  LoadedLibrary library{"libmariadb.so.3"};
  MysqlLibrary functions{};
};

MysqlFunctions load_mysql() {
  MysqlFunctions loaded;
  MysqlLibrary& it = loaded.functions;
  const auto found = [&](const char* name, auto& function) { loaded.library.find(name, function); };
  found("mysql_init", it.init);
  found("mysql_optionsv", it.optionsv);
  found("mysql_real_connect", it.real_connect);
  found("mysql_get_ssl_cipher", it.get_ssl_cipher);
  found("mysql_real_query", it.real_query);
  found("mysql_use_result", it.use_result);
  found("mysql_num_fields", it.num_fields);
  found("mysql_fetch_fields", it.fetch_fields);
  found("mysql_fetch_row", it.fetch_row);
  found("mysql_fetch_lengths", it.fetch_lengths);
  found("mysql_free_result", it.free_result);
  found("mysql_stmt_init", it.stmt_init);
  found("mysql_stmt_prepare", it.stmt_prepare);
  found("mysql_stmt_result_metadata", it.stmt_result_metadata);
  found("mysql_stmt_error", it.stmt_error);
  found("mysql_stmt_close", it.stmt_close);
  found("mysql_error", it.error);
  found("mysql_errno", it.error_number);
  found("mysql_close", it.close);
  return loaded;
}

}  // namespace

Result<const MysqlLibrary*> mysql_library() {
  static const MysqlFunctions loaded = load_mysql();
  if (loaded.library.failure().empty()) return &loaded.functions;
  return with_hint(
      Error{ErrorCode::unavailable,
            fmt::format("a mysql:// database needs the client library of MariaDB: {}", loaded.library.failure())},
      "install it: apt-get install libmariadb3, or dnf install mariadb-connector-c");
}

}  // namespace sagactl
