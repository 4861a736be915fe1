// Host names for a test: for the calling thread, and those that it starts, /etc/hosts is replaced.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace sagactl {

// "two.test" has the addresses 127.0.0.1 and 127.0.0.2, in this order. False where this process has no right to do
// that.
inline bool name_two_addresses() {
  static const bool is_done = [] {
    std::string file = "/tmp/sagactl-hosts-XXXXXX";
    const int created = mkstemp(file.data());
    if (created < 0) return false;
    close(created);
    std::ofstream(file) << "127.0.0.1 localhost\n127.0.0.1 two.test\n127.0.0.2 two.test\n";
    const bool done = unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                      mount(file.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) == 0;
    unlink(file.c_str());
    return done;
  }();
  return is_done;
}

}  // namespace sagactl
