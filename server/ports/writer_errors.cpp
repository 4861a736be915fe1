#include "server/ports/writer_errors.hpp"

#include <fmt/format.h>

namespace sagactl {

Error writer_fenced(const Writer& writer) {
  return Error{ErrorCode::conflict,
               fmt::format("node {} was fenced: its epoch {} has been replaced", writer.node, writer.epoch)};
}

Error writer_lease_expired(const Writer& writer) {
  return Error{ErrorCode::retry, fmt::format("node {} has not renewed its own lease", writer.node)};
}

}  // namespace sagactl
