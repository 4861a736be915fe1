#include "loadgen/faults/processes.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "common/text/number.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t shown_max = 5;  // of several processes in an error

// What /proc/PID/stat says (proc(5)): the name in parentheses may hold anything, so it is read from the last one on.
struct ProcessStat {
  char state = '?';
  pid_t parent = 0;
  std::uint64_t started = 0;
};

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<ProcessStat> stat_of(pid_t pid) {
  const std::string text = file_text(fmt::format("/proc/{}/stat", pid));
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  ProcessStat stat;
  fields >> stat.state >> stat.parent;
  constexpr int between = 17;  // fields 5 to 21
  std::string ignored;
  for (int i = 0; i < between; ++i) fields >> ignored;
  fields >> stat.started;
  return fields ? std::optional(stat) : std::nullopt;
}

bool has_ended(const ProcessStat& stat) {
  return stat.state == 'Z' || stat.state == 'X';
}

std::vector<pid_t> all_pids() {
  std::vector<pid_t> pids;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", failure))
    if (const auto pid = parse_number<pid_t>(entry.path().filename().string())) pids.push_back(*pid);
  return pids;
}

// This program and those that started it: a fault must not reach them.
std::set<pid_t> own_processes() {
  std::set<pid_t> own;
  for (pid_t pid = getpid(); pid > 0 && own.insert(pid).second;) {
    const auto stat = stat_of(pid);
    pid = stat ? stat->parent : 0;
  }
  return own;
}

std::string listed(const std::vector<ProcessRef>& found) {
  std::string text;
  for (std::size_t i = 0; i < std::min(found.size(), shown_max); ++i)
    fmt::format_to(std::back_inserter(text), "{}{} ({})", i == 0 ? "" : ", ", found[i].pid,
                   command_of(found[i].pid).substr(0, 80));
  if (found.size() > shown_max) text += ", ...";
  return text;
}

Result<ProcessRef> only_one(const std::vector<ProcessRef>& found, const std::string& what) {
  if (found.empty()) return Error{ErrorCode::not_found, fmt::format("there is no process {}", what)};
  if (found.size() > 1)
    return Error{ErrorCode::conflict,
                 fmt::format("several processes are {}: {}; name one with pid NUMBER", what, listed(found))};
  return found.front();
}

// Of those that started each other only the first.
std::vector<ProcessRef> without_children(const std::vector<ProcessRef>& found) {
  std::vector<ProcessRef> roots;
  for (const ProcessRef& process : found) {
    const auto stat = stat_of(process.pid);
    const bool is_child = stat && std::any_of(found.begin(), found.end(),
                                              [&](const ProcessRef& other) { return other.pid == stat->parent; });
    if (!is_child) roots.push_back(process);
  }
  return roots;
}

std::vector<ProcessRef> with_command(const std::string& part) {
  const std::set<pid_t> own = own_processes();
  std::vector<ProcessRef> found;
  for (const pid_t pid : all_pids()) {
    if (own.contains(pid) || command_of(pid).find(part) == std::string::npos) continue;
    if (const auto process = find_process(pid)) found.push_back(*process);
  }
  return without_children(found);
}

// The inodes of the sockets that listen at the port (proc_net(5): state 0A is LISTEN).
std::set<std::string> listening_inodes(std::uint16_t port) {
  std::set<std::string> inodes;
  const std::string suffix = fmt::format(":{:04X}", port);
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::string slot, local, remote, state, ignored, inode;
      fields >> slot >> local >> remote >> state;
      for (int i = 0; i < 5; ++i) fields >> ignored;
      fields >> inode;
      if (state == "0A" && local.ends_with(suffix)) inodes.insert(fmt::format("socket:[{}]", inode));
    }
  }
  return inodes;
}

bool has_any(pid_t pid, const std::set<std::string>& sockets) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", pid), failure)) {
    const auto link = std::filesystem::read_symlink(entry.path(), failure);
    if (!failure && sockets.contains(link.string())) return true;
  }
  return false;
}

Result<ProcessRef> process_of_file(const std::string& path) {
  std::ifstream file(path);
  if (!file)
    return Error{ErrorCode::not_found, fmt::format("the pid file {} cannot be read: {}", path, std::strerror(errno))};
  std::string word;
  file >> word;
  const auto pid = parse_number<pid_t>(word);
  if (!pid || *pid < 1)
    return Error{ErrorCode::invalid, fmt::format("the pid file {} does not begin with the number of a process", path)};
  const auto process = find_process(*pid);
  if (process) return *process;
  return Error{ErrorCode::not_found, fmt::format("the pid file {} names process {}, which does not run", path, *pid)};
}

Result<ProcessRef> process_without_check(const FaultTarget& target) {
  switch (target.kind) {
    case FaultTarget::Kind::pid: {
      const auto process = find_process(static_cast<pid_t>(target.number));
      if (process) return *process;
      return Error{ErrorCode::not_found, fmt::format("there is no process {}", target.number)};
    }
    case FaultTarget::Kind::pidfile:
      return process_of_file(target.name);
    case FaultTarget::Kind::command:
      return only_one(with_command(target.name), fmt::format("with '{}' in its command line", target.name));
    case FaultTarget::Kind::port:
    case FaultTarget::Kind::node: {
      std::string what = fmt::format("of this machine's that listens at port {}", target.number);
      if (target.kind == FaultTarget::Kind::node) what += fmt::format(", as {} did", target.name);
      return only_one(without_children(listeners_at(static_cast<std::uint16_t>(target.number))), what);
    }
    case FaultTarget::Kind::container:
      break;
  }
  crash("a container is no process");
}

}  // namespace

std::optional<ProcessRef> find_process(pid_t pid) {
  const auto stat = stat_of(pid);
  if (!stat || has_ended(*stat)) return std::nullopt;
  return ProcessRef{pid, stat->started};
}

std::string command_of(pid_t pid) {
  std::string text = file_text(fmt::format("/proc/{}/cmdline", pid));
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

Result<std::vector<ProcessRef>> with_descendants(const ProcessRef& root) {
  std::multimap<pid_t, ProcessRef> children;
  for (const pid_t pid : all_pids())
    if (const auto stat = stat_of(pid); stat && !has_ended(*stat))
      children.emplace(stat->parent, ProcessRef{pid, stat->started});
  std::vector<ProcessRef> all = {root};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [first, last] = children.equal_range(all[i].pid);
    for (auto child = first; child != last; ++child) all.push_back(child->second);
    if (all.size() > processes_max)
      return Error{ErrorCode::too_large,
                   fmt::format("process {} has started more than {} others", root.pid, processes_max)};
  }
  return all;
}

Result<ProcessRef> process_of(const FaultTarget& target) {
  auto process = process_without_check(target);
  if (!process) return process;
  if (own_processes().contains(process->pid) || process->pid == 1)
    return Error{
        ErrorCode::conflict,
        fmt::format("process {} is sagactl itself, or has started it: a fault must not reach it", process->pid)};
  return process;
}

std::vector<ProcessRef> listeners_at(std::uint16_t port) {
  std::vector<ProcessRef> found;
  const std::set<std::string> sockets = listening_inodes(port);
  if (sockets.empty()) return found;
  for (const pid_t pid : all_pids())
    if (has_any(pid, sockets))
      if (const auto process = find_process(pid)) found.push_back(*process);
  return found;
}

ProcessHandle::ProcessHandle(const ProcessRef& process)
    : fd_(static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0))) {
  // The handle is of whoever has the number now: only if that is still the same process is it of use.
  const auto now = find_process(process.pid);
  if (fd_ >= 0 && (!now || *now != process)) close(std::exchange(fd_, -1));
}

ProcessHandle::~ProcessHandle() {
  if (fd_ >= 0) close(fd_);
}

ProcessHandle::ProcessHandle(ProcessHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

int ProcessHandle::send(int signal) const {
  if (fd_ < 0) return ESRCH;
  return syscall(SYS_pidfd_send_signal, fd_, signal, nullptr, 0) == 0 ? 0 : errno;
}

bool ProcessHandle::wait_for_end(Duration limit) const {
  if (fd_ < 0) return true;
  pollfd ended{fd_, POLLIN, 0};
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  return poll(&ended, 1, static_cast<int>(ms)) == 1;
}

}  // namespace sagactl
