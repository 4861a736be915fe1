// Names of a test's own: in the calling thread, and in those that it starts, /etc/hosts is another file.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace sagactl {

// "two.test" stands for 127.0.0.1 and 127.0.0.2, in this order. False where this process may not do that.
inline bool name_two_addresses() {
  static const bool is_done = [] {
    std::string file = "/tmp/sagactl-hosts-XXXXXX";
    const int made = mkstemp(file.data());
    if (made < 0) return false;
    close(made);
    std::ofstream(file) << "127.0.0.1 localhost\n127.0.0.1 two.test\n127.0.0.2 two.test\n";
    const bool done = unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                      mount(file.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) == 0;
    unlink(file.c_str());
    return done;
  }();
  return is_done;
}

}  // namespace sagactl
