#include "server/ports/queries.hpp"

namespace sagactl {

Error list_too_long() {
  return Error{ErrorCode::unavailable,
               "the list took too long: it has too many rows to search; narrow it by status, type, user or time",
               Json{{"code", "LIST_TOO_LONG"}}};
}

}  // namespace sagactl
