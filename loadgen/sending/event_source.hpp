// The kind of socket that an event of epoll is about.
#pragma once

#include <cstdint>

namespace sagactl {

struct EventSource {
  enum class Kind : std::uint8_t {
    connection,  // a LoadConnection
    link,        // an Http2Link
    inbox,       // the worker's StepInbox
  };
  explicit EventSource(Kind it) : source_kind(it) {}

  const Kind source_kind;
};

}  // namespace sagactl
