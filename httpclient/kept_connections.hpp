// How long a client uses a connection for further requests.
#pragma once

#include "common/time.hpp"

namespace sagactl {

struct KeptConnections {
  // Without a request. Many servers close it after 5 s, and what lies between may forget it without a word: a request
  // that is sent then is lost.
  Duration idle_time = 4s;
  Duration time = 30s;  // in all: its address is the one that the server's name had when it was opened
};

}  // namespace sagactl
