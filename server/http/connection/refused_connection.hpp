// Refuses connections above the limits with 503, without keeping any state for them.
#pragma once

#include <boost/system/error_code.hpp>

namespace sagactl::http {

// Sends 503 and shuts down sending. Reads what the client has sent so far, so that closing does not reset the
// connection. The caller closes the socket.
void refuse_connection(int socket);

bool is_out_of_descriptors(const boost::system::error_code& error);

// A descriptor in reserve. It is closed to accept and refuse one connection when the process has no other left.
class ReservedDescriptor {
 public:
  ReservedDescriptor();
  ~ReservedDescriptor();
  ReservedDescriptor(const ReservedDescriptor&) = delete;
  ReservedDescriptor& operator=(const ReservedDescriptor&) = delete;

  // Accepts and refuses the next connection of the socket `listener`; false when that failed.
  bool refuse_next(int listener);

 private:
  void reserve();

  int file_ = -1;
};

}  // namespace sagactl::http
