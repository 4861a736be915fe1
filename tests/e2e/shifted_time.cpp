// Preloaded into a process: shifts its time of day by the number of seconds in a file, and changes no other clock. So a
// test can set the clock of one process.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

long shift() {
  static const char* const path = std::getenv("SHIFTED_TIME_FILE");
  char text[32] = {};
  const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  return size > 0 ? std::strtol(text, nullptr, 10) : 0;
}

}  // namespace

extern "C" int clock_gettime(clockid_t id, timespec* time) noexcept {
  using Real = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int done = real(id, time);
  if (id != CLOCK_REALTIME) return done;
  static thread_local time_t read_at = 0;  // reading a file each time would slow the program down
  static thread_local long shifted = 0;
  if (time->tv_sec != read_at) {
    read_at = time->tv_sec;
    shifted = shift();
  }
  time->tv_sec += shifted;
  return done;
}
