#include "loadgen/faults/fault_watcher.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>

namespace sagactl {
namespace {

// What goes through the pipe, always as a whole: a write of at most PIPE_BUF bytes is not mixed with others.
struct WatchMessage {
  std::uint32_t fault = 0;
  std::uint32_t is_armed = 0;
  std::uint32_t count = 0;
  std::uint32_t unused = 0;
  ProcessRef processes[processes_max] = {};
};
static_assert(sizeof(WatchMessage) <= PIPE_BUF);

// Prepared before the child is made. Between fork() and exec a child of a process with threads may call little more
// than the kernel (signal-safety(7)): it allocates nothing.
struct WatchedFaults {
  std::vector<WatchMessage> faults;
  std::vector<std::vector<std::string>> undo;
  std::vector<std::vector<char*>> arguments;  // into `undo`, ending with null
};

WatchedFaults watched(const std::vector<std::vector<std::string>>& undo) {
  WatchedFaults watched;
  watched.undo = undo;
  watched.faults.resize(undo.size());
  for (std::vector<std::string>& words : watched.undo) {
    auto& list = watched.arguments.emplace_back();
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
  }
  return watched;
}

// Field 22 of /proc/PID/stat; 0: there is no such process.
std::uint64_t start_of(pid_t pid) {
  char path[32] = "/proc/";
  char digits[16];
  int count = 0;
  for (pid_t rest = pid; rest > 0; rest /= 10) digits[count++] = static_cast<char>('0' + rest % 10);
  int at = 6;
  while (count > 0) path[at++] = digits[--count];
  std::memcpy(path + at, "/stat", 6);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[1024];
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return 0;
  text[size] = '\0';
  const char* c = std::strrchr(text, ')');
  if (c == nullptr) return 0;
  for (int field = 2; field < 22 && *c != '\0'; ++c)
    if (*c == ' ') ++field;
  std::uint64_t start = 0;
  for (; *c >= '0' && *c <= '9'; ++c) start = start * 10 + static_cast<std::uint64_t>(*c - '0');
  return start;
}

void continue_process(const ProcessRef& process) {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0));
  if (fd < 0) return;
  if (start_of(process.pid) == process.started) syscall(SYS_pidfd_send_signal, fd, SIGCONT, nullptr, 0);
  close(fd);
}

void run_undo(const std::vector<char*>& arguments) {
  if (arguments.size() < 2) return;
  const pid_t child = fork();
  if (child == 0) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(number, SIG_DFL);
    execvp(arguments.front(), arguments.data());
    _exit(127);
  }
  if (child > 0) waitpid(child, nullptr, 0);
}

void undo_all(const WatchedFaults& watched) {
  for (const WatchMessage& fault : watched.faults)
    if (fault.is_armed != 0)
      for (std::uint32_t i = 0; i < fault.count; ++i) continue_process(fault.processes[i]);
  for (std::size_t i = 0; i < watched.faults.size(); ++i)
    if (watched.faults[i].is_armed != 0) run_undo(watched.arguments[i]);
}

// Nothing of the parent's stays open: a socket that is open here would not be closed there.
void close_all_but(int pipe) {
  const int null = open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) dup2(null, fd);
  dup2(pipe, 3);
  syscall(SYS_close_range, 4, ~0u, 0);
}

[[noreturn]] void watch(int pipe, WatchedFaults& watched) {
  setsid();  // a Ctrl-C of the terminal is for the parent
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(number, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  prctl(PR_SET_NAME, "sagactl-undo");
  close_all_but(pipe);
  static WatchMessage message;
  for (;;) {
    const ssize_t size = read(3, &message, sizeof message);
    if (size < 0 && errno == EINTR) continue;
    if (size != static_cast<ssize_t>(sizeof message)) break;
    if (message.fault < watched.faults.size()) watched.faults[message.fault] = message;
  }
  undo_all(watched);
  _exit(0);
}

}  // namespace

Result<std::unique_ptr<FaultWatcher>> FaultWatcher::start(const std::vector<std::vector<std::string>>& undo) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return Error{ErrorCode::unavailable, fmt::format("no pipe for faults: {}", std::strerror(errno))};
  WatchedFaults faults = watched(undo);
  const pid_t child = fork();
  if (child == 0) watch(ends[0], faults);
  const int failure = errno;
  close(ends[0]);
  if (child > 0) return std::unique_ptr<FaultWatcher>(new FaultWatcher(child, ends[1]));
  close(ends[1]);
  return Error{ErrorCode::unavailable, fmt::format("no process to undo faults: {}", std::strerror(failure))};
}

FaultWatcher::~FaultWatcher() {
  close(pipe_);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void FaultWatcher::arm(std::size_t fault, const std::vector<ProcessRef>& processes) {
  WatchMessage message;
  message.fault = static_cast<std::uint32_t>(fault);
  message.is_armed = 1;
  message.count = static_cast<std::uint32_t>(std::min(processes.size(), processes_max));
  std::copy_n(processes.begin(), message.count, message.processes);
  const std::lock_guard lock(mutex_);
  while (write(pipe_, &message, sizeof message) < 0 && errno == EINTR) continue;
}

void FaultWatcher::disarm(std::size_t fault) {
  WatchMessage message;
  message.fault = static_cast<std::uint32_t>(fault);
  const std::lock_guard lock(mutex_);
  while (write(pipe_, &message, sizeof message) < 0 && errno == EINTR) continue;
}

}  // namespace sagactl
