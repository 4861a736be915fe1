// Which database a command means.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "cli/invocation.hpp"
#include "server/ports/history.hpp"

namespace sagactl {

// What is asked for but not part of this build: a usage error that says what to do instead.
Error not_built_in(const std::string& what, const std::string& instead);

// The database's file: --database, else <data>/saga.db. Whether it is there is not looked at. `invalid` for a
// PostgreSQL one, be it by --database or by DATABASE_HOST.
Result<std::filesystem::path> database_file(const Invocation& invocation);

// For reading, beside the nodes that write it. `unavailable` when there is none, with what to do.
Result<std::unique_ptr<HistorySource>> open_history(const std::filesystem::path& file);

}  // namespace sagactl
