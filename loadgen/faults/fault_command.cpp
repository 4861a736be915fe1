#include "loadgen/faults/fault_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/steady_time.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

constexpr std::size_t output_kept = 2000, output_shown = 300;
constexpr Duration ends_at_once = 300ms;

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

// The arguments of posix_spawn, released at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) sigaddset(&usual, number);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void set_flags(int flags) {
    posix_spawnattr_setflags(&attributes, static_cast<short>(flags | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

// The end of what a program prints, read while it runs so that it never waits for a reader.
class ProgramOutput {
 public:
  ProgramOutput() {
    if (pipe2(ends_, O_CLOEXEC) != 0) crash("no pipe for a command");
    fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  }
  ~ProgramOutput() {
    close(ends_[0]);
    close_writing();
  }
  ProgramOutput(const ProgramOutput&) = delete;
  ProgramOutput& operator=(const ProgramOutput&) = delete;

  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_writing() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  // False when nothing more can come.
  bool take() {
    char piece[4096];
    for (;;) {
      const ssize_t size = read(ends_[0], piece, sizeof piece);
      if (size <= 0) return size < 0 && (errno == EAGAIN || errno == EINTR);
      text_.append(piece, static_cast<std::size_t>(size));
      if (text_.size() > 2 * output_kept) text_.erase(0, text_.size() - output_kept);
    }
  }
  // On one line, for people.
  std::string shown() const {
    std::string text = storable_text(trim(text_));
    if (text.size() > output_shown) text = "... " + storable_text(text.substr(text.size() - output_shown));
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
    return without_secrets(text);
  }

 private:
  int ends_[2] = {-1, -1};
  std::string text_;
};

// Waits for the end of a child, at most until `until_ns`.
bool wait_for_child(pid_t child, ProgramOutput& output, std::int64_t until_ns) {
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  if (handle < 0) return false;
  bool reads = true;
  bool ended = false;
  while (!ended) {
    const std::int64_t left_ms = (until_ns - steady_ns()) / 1'000'000;
    if (left_ms <= 0) break;
    pollfd wanted[2] = {{handle, POLLIN, 0}, {reads ? output.reading() : -1, POLLIN, 0}};
    if (poll(wanted, 2, static_cast<int>(left_ms)) < 0 && errno != EINTR) break;
    if (wanted[1].revents != 0) reads = output.take();
    ended = (wanted[0].revents & POLLIN) != 0;
  }
  close(handle);
  output.take();
  return ended;
}

std::string file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The texts of a file that a zero byte ends each.
std::vector<std::string> zero_ended(const std::string& bytes) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\0', at), bytes.size());
    list.push_back(bytes.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

}  // namespace

Result<void> run_program(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = arguments;
  ProgramOutput output;
  SpawnPlan plan;
  plan.set_flags(POSIX_SPAWN_SETPGROUP);  // a group of its own: Ctrl-C is not for it, and it can be killed as a whole
  posix_spawn_file_actions_addopen(&plan.files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&plan.files, output.writing(), 1);
  posix_spawn_file_actions_adddup2(&plan.files, output.writing(), 2);
  pid_t child = 0;
  const int failure =
      posix_spawnp(&child, words.front().c_str(), &plan.files, &plan.attributes, pointers(words).data(), environ);
  if (failure != 0)
    return Error{ErrorCode::unavailable, fmt::format("{} cannot be run: {}", words.front(), std::strerror(failure))};
  output.close_writing();
  const bool ended = wait_for_child(child, output, steady_ns() + command_time_max.count() * 1000);
  if (!ended) kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  std::string printed = output.shown();
  if (!printed.empty()) printed.insert(0, ": ");
  if (!ended)
    return Error{ErrorCode::unavailable,
                 fmt::format("it did not end within {} and was killed{}", format_duration(command_time_max), printed)};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status))
    return Error{ErrorCode::unavailable, fmt::format("it ended with code {}{}", WEXITSTATUS(status), printed)};
  return Error{ErrorCode::unavailable, fmt::format("it was ended by signal {}{}", WTERMSIG(status), printed)};
}

Result<void> run_shell(const std::string& command) {
  return run_program({"/bin/sh", "-c", command});
}

struct StartOfProcess::Output {
  explicit Output(int descriptor) : fd(descriptor) {}
  ~Output() { close(fd); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  const int fd;
};

Result<StartOfProcess> StartOfProcess::read(pid_t pid) {
  StartOfProcess start;
  const std::string folder = fmt::format("/proc/{}", pid);
  std::error_code failure;
  start.program_ = std::filesystem::read_symlink(folder + "/exe", failure).string();
  if (!failure) start.folder_ = std::filesystem::read_symlink(folder + "/cwd", failure).string();
  start.arguments_ = zero_ended(file_bytes(folder + "/cmdline"));
  start.environment_ = zero_ended(file_bytes(folder + "/environ"));
  if (failure || start.arguments_.empty())
    return Error{ErrorCode::unavailable,
                 fmt::format("how process {} was started cannot be read, so it cannot be started again{}", pid,
                             failure ? ": " + failure.message() : std::string())};
  for (const int fd : {1, 2}) {
    int opened = open(fmt::format("{}/fd/{}", folder, fd).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
    if (opened < 0) opened = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (fd == 1 ? start.out_ : start.err_) = std::make_shared<Output>(opened);
  }
  return start;
}

Result<ProcessRef> StartOfProcess::start_again() const {
  std::vector<std::string> words = arguments_, variables = environment_;
  SpawnPlan plan;
  plan.set_flags(POSIX_SPAWN_SETSID);
  posix_spawn_file_actions_addchdir_np(&plan.files, folder_.c_str());
  posix_spawn_file_actions_addopen(&plan.files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&plan.files, out_->fd, 1);
  posix_spawn_file_actions_adddup2(&plan.files, err_->fd, 2);
  pid_t child = 0;
  const int failure = posix_spawn(&child, program_.c_str(), &plan.files, &plan.attributes, pointers(words).data(),
                                  pointers(variables).data());
  if (failure != 0)
    return Error{ErrorCode::unavailable, fmt::format("{} does not start again: {}", program_, std::strerror(failure))};
  const auto process = find_process(child);
  if (process && !ProcessHandle(*process).wait_for_end(ends_at_once)) return *process;
  int status = 0;
  waitpid(child, &status, WNOHANG);
  return Error{ErrorCode::unavailable, fmt::format("{} was started again and ended at once", program_)};
}

}  // namespace sagactl
