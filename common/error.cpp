#include "common/error.hpp"

namespace sagactl {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return "invalid";
    case ErrorCode::unauthenticated:
      return "unauthenticated";
    case ErrorCode::forbidden:
      return "forbidden";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::retry:
      return "retry";
    case ErrorCode::unknown_outcome:
      return "unknown_outcome";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::bug:
      return "bug";
  }
  return "bug";
}

}  // namespace sagactl
