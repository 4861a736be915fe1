// A MongoDB database of another system, for the queries of its profile: read only.
#pragma once

#include <memory>
#include <string>

#include "analysis/foreign/foreign_rows.hpp"

namespace sagactl {

// There is no snapshot: each query sees what is stored while it runs. `invalid` for a wrong address, `unavailable` when
// it cannot be opened.
Result<std::unique_ptr<ForeignRows>> open_mongo_rows(const std::string& url);

}  // namespace sagactl
