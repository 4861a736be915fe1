#include "server/ports/records.hpp"

#include <fmt/format.h>

namespace sagactl {

Result<void> check_record(const std::string& body) {
  if (body.size() <= record_bytes_max) return {};
  return Error{ErrorCode::invalid,
               fmt::format("a record has at most {} bytes; this one has {}", record_bytes_max, body.size())};
}

}  // namespace sagactl
