// A temporary file without a name, deleted with its owner: for data that is too large for memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace sagactl {

class AnonymousTempFile {
 public:
  // Nothing when none can be created there.
  static std::optional<AnonymousTempFile> create(const std::string& directory);
  AnonymousTempFile(AnonymousTempFile&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  AnonymousTempFile& operator=(AnonymousTempFile&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  AnonymousTempFile(const AnonymousTempFile&) = delete;
  AnonymousTempFile& operator=(const AnonymousTempFile&) = delete;
  ~AnonymousTempFile();

  // All of it, or false: the disk is full or failed.
  bool write(const void* data, std::size_t size, std::uint64_t at);
  bool read(void* data, std::size_t size, std::uint64_t at) const;
  int handle() const { return handle_; }

 private:
  explicit AnonymousTempFile(int handle) : handle_(handle) {}
  int handle_;
};

}  // namespace sagactl
