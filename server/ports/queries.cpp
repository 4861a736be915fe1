#include "server/ports/queries.hpp"

namespace sagactl {

Error list_too_long() {
  return Error{ErrorCode::unavailable,
               "the list took too long over so much that is stored; ask for less of it (by status, type, user or time)",
               Json{{"code", "LIST_TOO_LONG"}}};
}

}  // namespace sagactl
