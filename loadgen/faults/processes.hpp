// The processes of this machine, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "loadgen/faults/fault_plan.hpp"

namespace sagactl {

// One process: its number may be given to another later, its start tells them apart.
struct ProcessRef {
  pid_t pid = 0;
  std::uint64_t started = 0;  // in ticks since the machine started
  friend bool operator==(const ProcessRef&, const ProcessRef&) = default;
};

inline constexpr std::size_t processes_max = 200;  // of one fault

std::optional<ProcessRef> find_process(pid_t pid);  // none: there is none, or it has ended and nobody has asked for it
std::string command_of(pid_t pid);                  // its arguments with blanks between them; "" when unknown

// The process and all that it has started, directly or not; it comes first. `too_large` for more than processes_max.
Result<std::vector<ProcessRef>> with_descendants(const ProcessRef& root);

// The process of a target that is none of containers. `not_found` says what is not there, `conflict` that several are
// meant, or this program itself.
Result<ProcessRef> process_of(const FaultTarget& target);

// The processes that listen at a TCP port of this machine.
std::vector<ProcessRef> listeners_at(std::uint16_t port);

// A handle for signals that never reach another process with the same number.
class ProcessHandle {
 public:
  explicit ProcessHandle(const ProcessRef& process);
  ~ProcessHandle();
  ProcessHandle(ProcessHandle&& other) noexcept;
  ProcessHandle& operator=(ProcessHandle&&) = delete;
  ProcessHandle(const ProcessHandle&) = delete;

  bool is_open() const { return fd_ >= 0; }
  // 0, or the error number: ESRCH when it has ended.
  int send(int signal) const;
  // Waits until it has ended; false after `limit`.
  bool wait_for_end(Duration limit) const;

 private:
  int fd_ = -1;
};

}  // namespace sagactl
