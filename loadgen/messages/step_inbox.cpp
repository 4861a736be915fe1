#include "loadgen/messages/step_inbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "common/result.hpp"

namespace sagactl {

StepInbox::StepInbox() : EventSource(Kind::inbox), fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) crash("cannot create an event descriptor");
}

StepInbox::~StepInbox() {
  close(fd_);
}

void StepInbox::put(StepReport report) {
  const std::lock_guard lock(mutex_);
  reports_.push_back(std::move(report));
  const std::uint64_t one = 1;
  if (reports_.size() == 1 && write(fd_, &one, sizeof one) != sizeof one) crash("cannot write to an event descriptor");
}

std::vector<StepReport> StepInbox::take_all() {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  [[maybe_unused]] const auto cleared = read(fd_, &count, sizeof count);  // there may be none
  return std::exchange(reports_, {});
}

}  // namespace sagactl
