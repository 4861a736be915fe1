// Answers connections for which there is no room, without keeping anything of them.
#pragma once

#include <boost/system/error_code.hpp>

namespace sagactl::http {

// Sends 503 and ends the sending; what the client has sent so far is read, so that closing does not reset the
// connection. The socket stays the caller's to close.
void turn_away(int socket);

bool is_out_of_descriptors(const boost::system::error_code& error);

// A descriptor that is given up for the time that it takes to tell one client that none is left.
class SpareDescriptor {
 public:
  SpareDescriptor();
  ~SpareDescriptor();
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;

  // Was one that waits at `listener` answered?
  bool turn_away_from(int listener);

 private:
  void take();

  int file_ = -1;
};

}  // namespace sagactl::http
