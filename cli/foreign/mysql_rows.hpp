// A MySQL or MariaDB database of another system, for the queries of its profile: read only, and all in one snapshot.
#pragma once

#include <memory>
#include <string>

#include "analysis/foreign/foreign_rows.hpp"

namespace sagactl {

// Tables have to be of an engine with snapshots, such as InnoDB. TIMESTAMP columns are read as UTC, and DATETIME
// columns as they stand. `invalid` for a wrong address, `unavailable` when it cannot be opened.
Result<std::unique_ptr<ForeignRows>> open_mysql_rows(const std::string& url);

}  // namespace sagactl
