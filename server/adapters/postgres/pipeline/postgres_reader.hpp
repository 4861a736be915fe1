// A connection for reading, with the tables that queries look up in.
#pragma once

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/postgres/tables/account_table.hpp"
#include "server/adapters/postgres/tables/postgres_names.hpp"
#include "server/adapters/postgres/tables/stock_table.hpp"

namespace sagactl::postgres {

// An engine that reads has a shorter time limit than a request: commands wait behind it.
enum class ReadBy { requests, engines };

struct PostgresReader {
  PostgresReader(const PostgresAddress& address, ReadBy by);

  PostgresConnection connection;
  PostgresNames names{connection};
  StockQueries stocks{connection, names};
  AccountQueries accounts{connection};
};

}  // namespace sagactl::postgres
