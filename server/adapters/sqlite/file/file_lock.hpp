// Ensures that one process at a time serves a database file.
#pragma once

#include <string>

#include "common/result.hpp"

namespace sagactl::sqlite {

// Held until it is destroyed or the process ends, however it ends.
class FileLock {
 public:
  // Locks "<path>.lock", which is created if needed and stays. `conflict`: another process holds it.
  static Result<FileLock> acquire(const std::string& path);

  FileLock(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace sagactl::sqlite
