#include "cli/foreign/mysql_rows.hpp"

#include <fmt/format.h>

#include <vector>

#include "cli/foreign/mysql_library.hpp"
#include "cli/foreign/mysql_url.hpp"
#include "cli/foreign/owned.hpp"
#include "cli/foreign/shown_bytes.hpp"
#include "cli/invocation.hpp"
#include "common/text/secret_text.hpp"

namespace sagactl {
namespace {

constexpr unsigned int connect_seconds = 10, call_seconds = 65;
constexpr unsigned int binary_charset = 63;
// The first that the server knows limits a query to 60 s: MariaDB in seconds, MySQL in milliseconds.
constexpr const char* time_limits[] = {"SET SESSION max_statement_time = 60", "SET SESSION max_execution_time = 60000"};

Error mysql_query_failed(const ForeignQuery& query, std::string_view message) {
  return {ErrorCode::invalid, fmt::format("the profile's query {}: {}", query.name, message)};
}

Error unencrypted(const std::string& shown) {
  return with_hint(
      Error{ErrorCode::unavailable, fmt::format("cannot open {}: the server does not encrypt connections", shown)},
      "have the server offer TLS; ?ssl-mode=disabled in the URL reads it without, where the network is trusted");
}

class ForeignMysqlRows final : public ForeignRows {
 public:
  explicit ForeignMysqlRows(const MysqlLibrary& library)
      : library_(library), connection_(library.init(nullptr), library.close) {}

  Result<void> open(const MysqlAddress& address, const std::string& shown) {
    if (!connection_) return Error{ErrorCode::unavailable, "the client library of MariaDB is out of memory"};
    const auto set = [&](mysql_option option, const auto* value) {
      library_.optionsv(connection_.get(), option, static_cast<const void*>(value));
    };
    // Both are said always: builds of the library differ in what they do by themselves.
    const my_bool is_encrypted = address.tls != MysqlTls::disabled ? 1 : 0;
    const my_bool is_verified = address.tls == MysqlTls::verify_identity ? 1 : 0;
    const unsigned int no_local_files = 0;  // the server must not ask for files of this machine
    set(MYSQL_OPT_LOCAL_INFILE, &no_local_files);
    set(MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
    set(MYSQL_OPT_READ_TIMEOUT, &call_seconds);
    set(MYSQL_OPT_WRITE_TIMEOUT, &call_seconds);
    set(MYSQL_SET_CHARSET_NAME, "utf8mb4");
    set(MYSQL_OPT_SSL_ENFORCE, &is_encrypted);
    set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &is_verified);
    if (!address.ca_file.empty()) set(MYSQL_OPT_SSL_CA, address.ca_file.c_str());
    const bool opened =
        library_.real_connect(connection_.get(), address.host.c_str(), address.user.c_str(), address.password.c_str(),
                              address.database.c_str(), address.port, nullptr, 0) != nullptr;
    if (!opened) return Error{ErrorCode::unavailable, fmt::format("cannot open {}: {}", shown, failure())};
    // The library goes on in the clear with a server that offers no TLS, unless it is to verify a certificate.
    if (is_encrypted && !library_.get_ssl_cipher(connection_.get())) return unencrypted(shown);
    for (const char* limit : time_limits)
      if (run(limit)) break;
    for (const char* statement : {"SET time_zone = '+00:00'", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                                  "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"})
      if (!run(statement)) return Error{ErrorCode::unavailable, fmt::format("cannot read {}: {}", shown, failure())};
    return {};
  }

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override {
    const Owned statement(library_.stmt_init(connection_.get()), library_.stmt_close);
    if (!statement) return mysql_query_failed(query, failure());
    if (library_.stmt_prepare(statement.get(), query.sql.data(), query.sql.size()) != 0)
      return mysql_query_failed(query, library_.stmt_error(statement.get()));
    const Owned described(library_.stmt_result_metadata(statement.get()), library_.free_result);
    if (!described) return mysql_query_failed(query, "it returns no rows");
    return names_of(described.get());
  }

  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override {
    if (!run(query.sql)) return mysql_query_failed(query, failure());
    // Rows come as they are read; those that are left are read and dropped when the result is freed.
    const Owned rows(library_.use_result(connection_.get()), library_.free_result);
    if (!rows)
      return mysql_query_failed(query,
                                library_.error_number(connection_.get()) == 0 ? "it returns no rows" : failure());
    const std::vector<std::string> names = names_of(rows.get());
    const MYSQL_FIELD* fields = library_.fetch_fields(rows.get());
    std::vector<std::optional<std::string_view>> values(names.size());
    std::vector<std::string> bytes(names.size());
    while (char** row = library_.fetch_row(rows.get())) {
      const unsigned long* sizes = library_.fetch_lengths(rows.get());
      for (std::size_t i = 0; i < names.size(); ++i) {
        values[i].reset();
        if (!row[i]) continue;
        values[i] = std::string_view(row[i], sizes[i]);
        if (fields[i].charsetnr != binary_charset || is_plain_text(*values[i])) continue;
        bytes[i] = shown_bytes(*values[i]);
        values[i] = bytes[i];
      }
      if (auto visited = visit(ForeignRow(names, values)); !visited) return visited;
    }
    if (library_.error_number(connection_.get()) != 0) return mysql_query_failed(query, failure());
    return {};
  }

 private:
  bool run(std::string_view statement) {
    return library_.real_query(connection_.get(), statement.data(), statement.size()) == 0;
  }
  std::string failure() const { return library_.error(connection_.get()); }
  std::vector<std::string> names_of(MYSQL_RES* result) const {
    std::vector<std::string> names;
    const MYSQL_FIELD* fields = library_.fetch_fields(result);
    for (unsigned int i = 0; i < library_.num_fields(result); ++i) names.emplace_back(fields[i].name);
    return names;
  }

  const MysqlLibrary& library_;
  Owned<MYSQL, decltype(MysqlLibrary::close)> connection_;
};

}  // namespace

Result<std::unique_ptr<ForeignRows>> open_mysql_rows(const std::string& url) {
  const auto address = parse_mysql_url(url);
  if (!address) return address.error();
  const auto library = mysql_library();
  if (!library) return library.error();
  auto rows = std::make_unique<ForeignMysqlRows>(**library);
  if (auto opened = rows->open(*address, without_secrets(std::string_view(url))); !opened) return opened.error();
  return std::unique_ptr<ForeignRows>(std::move(rows));
}

}  // namespace sagactl
