// The other databases of a server: a name that is misspelled leads to a new database, which is empty.
#pragma once

#include <string>

#include "server/adapters/postgres/connection/pqxx_connection.hpp"

namespace sagactl::postgres {

// The one whose name is most like `name`; "" when none resembles it.
std::string nearest_database(PqxxConnection& connection, const std::string& name);

}  // namespace sagactl::postgres
