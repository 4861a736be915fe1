#include "server/adapters/sqlite/file/file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "common/text/text.hpp"

namespace sagactl::sqlite {

namespace {

Error not_opened(const std::string& path, const std::string& name, int reason) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (reason == ENOENT && !directory.empty() && !std::filesystem::exists(directory, ignored))
    return {ErrorCode::unavailable,
            fmt::format("there is no directory {} for the database {}", directory.string(), path)};
  return {ErrorCode::unavailable, fmt::format("{} cannot be opened: {}", name, std::strerror(reason))};
}

}  // namespace

Result<FileLock> FileLock::acquire(const std::string& path) {
  const std::string name = path + ".lock";
  const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return not_opened(path, name, errno);
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const ssize_t size = ::pread(descriptor, holder, sizeof holder, 0);
    const std::string_view pid = trim(std::string_view(holder, size > 0 ? static_cast<std::size_t>(size) : 0));
    return Error{
        ErrorCode::conflict,
        fmt::format("{} is served by another sagactl (process {}); stop it, or use another --data or --database", path,
                    pid.empty() ? "unknown" : pid)};
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, pid.data(), pid.size(), 0) < 0)
    return Error{ErrorCode::unavailable, fmt::format("{} cannot be written: {}", name, std::strerror(errno))};
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace sagactl::sqlite
