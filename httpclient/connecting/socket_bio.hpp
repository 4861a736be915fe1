// OpenSSL's access to a socket, without the signal that its own sends to whoever writes to a closed connection.
#pragma once

#include <openssl/bio.h>

namespace sagactl {

// Reads from and writes to `fd`, which it does not close. Whoever gets it owns it.
BIO* new_socket_bio(int fd);

}  // namespace sagactl
