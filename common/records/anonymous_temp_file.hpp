// A file without a name, gone with its owner: for what is too much to be kept in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace sagactl {

class AnonymousTempFile {
 public:
  // Nothing when none can be made there.
  static std::optional<AnonymousTempFile> create(const std::string& directory);
  AnonymousTempFile(AnonymousTempFile&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  AnonymousTempFile& operator=(AnonymousTempFile&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  AnonymousTempFile(const AnonymousTempFile&) = delete;
  AnonymousTempFile& operator=(const AnonymousTempFile&) = delete;
  ~AnonymousTempFile();

  // All of it, or false: for want of room, or because the disk failed.
  bool write(const void* data, std::size_t size, std::uint64_t at);
  bool read(void* data, std::size_t size, std::uint64_t at) const;
  int handle() const { return handle_; }

 private:
  explicit AnonymousTempFile(int handle) : handle_(handle) {}
  int handle_;
};

}  // namespace sagactl
