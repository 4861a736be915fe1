#include "server/adapters/postgres/pipeline/postgres_reader.hpp"

#include "server/adapters/postgres/connection/session_names.hpp"

namespace sagactl::postgres {
namespace {

constexpr std::chrono::milliseconds request_timeout{4'000}, engine_timeout{3'400};

ServerSettings settings_with(const std::string& statement_timeout) {
  return {{"statement_timeout", statement_timeout},
          {"idle_in_transaction_session_timeout", "5000"},
          {"jit", "off"},
          {"client_connection_check_interval", "1000"}};
}

PostgresConnection::Settings settings_of(ReadBy by) {
  if (by == ReadBy::requests) return {{requests_session, settings_with("3500")}, request_timeout};
  // What an engine asks is found by key, also in a table of which the server does not know yet that it has grown.
  ServerSettings settings = settings_with("3000");
  settings.push_back({"enable_seqscan", "off"});
  return {{engine_session, std::move(settings)}, engine_timeout};
}

}  // namespace

PostgresReader::PostgresReader(const PostgresAddress& address, ReadBy by) : connection(address, settings_of(by)) {
  connection.on_open([this](PostgresConnection&) { names.forget(); });
}

}  // namespace sagactl::postgres
