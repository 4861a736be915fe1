#include "common/records/anonymous_temp_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace sagactl {
namespace {

// Calls `transfer`, which handles as many bytes as it can, until all are done.
template <class Byte, class Transfer>
bool all_of(Byte* bytes, std::size_t size, std::uint64_t at, Transfer transfer) {
  while (size > 0) {
    const ssize_t done = transfer(bytes, size, static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes += done;
    at += static_cast<std::uint64_t>(done);
    size -= static_cast<std::size_t>(done);
  }
  return true;
}

}  // namespace

std::optional<AnonymousTempFile> AnonymousTempFile::create(const std::string& directory) {
  int handle = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (handle < 0) {
    std::string name = directory + "/sagactl-XXXXXX";  // a file system without O_TMPFILE
    handle = mkostemp(name.data(), O_CLOEXEC);
    if (handle < 0) return std::nullopt;
    unlink(name.c_str());
  }
  return AnonymousTempFile(handle);
}

AnonymousTempFile::~AnonymousTempFile() {
  if (handle_ >= 0) close(handle_);
}

bool AnonymousTempFile::write(const void* data, std::size_t size, std::uint64_t at) {
  return all_of(static_cast<const char*>(data), size, at,
                [this](const char* from, std::size_t n, off_t to) { return pwrite(handle_, from, n, to); });
}

bool AnonymousTempFile::read(void* data, std::size_t size, std::uint64_t at) const {
  return all_of(static_cast<char*>(data), size, at,
                [this](char* to, std::size_t n, off_t from) { return pread(handle_, to, n, from); });
}

}  // namespace sagactl
