#include "server/adapters/sql/database_failure.hpp"

namespace sagactl::sql {

void fail_as_bug(std::string message) {
  throw DatabaseFailure{Error{ErrorCode::bug, std::move(message)}};
}

void fail_as_invalid(std::string message) {
  throw DatabaseFailure{Error{ErrorCode::invalid, std::move(message)}};
}

}  // namespace sagactl::sql
