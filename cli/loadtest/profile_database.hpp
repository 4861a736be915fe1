// Another system's database, for the queries of its profile: read only, and all in one snapshot.
#pragma once

#include <memory>

#include "analysis/foreign/foreign_rows.hpp"
#include "cli/dependencies/database.hpp"

namespace sagactl {

// A view of how it is now. `unavailable` when it cannot be opened.
Result<std::unique_ptr<ForeignRows>> open_foreign_rows(const DatabaseName& database);

}  // namespace sagactl
