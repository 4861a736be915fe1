// What other surfaces use of the statistics.
#pragma once

#include "server/api/context.hpp"

namespace sagactl::api {

// The body of GET /statistics, read at most as often as StatisticsCache says, whoever asks. Blocks on the database.
Result<Json> shared_statistics(Context& context, const std::string& definition);

}  // namespace sagactl::api
