// A file without a name, gone with its owner: for what is too much to be kept in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace sagactl {

class NamelessFile {
 public:
  // Nothing when none can be made there.
  static std::optional<NamelessFile> create(const std::string& directory);
  NamelessFile(NamelessFile&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  NamelessFile& operator=(NamelessFile&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;
  ~NamelessFile();

  // All of it, or false: for want of room, or because the disk failed.
  bool write(const void* data, std::size_t size, std::uint64_t at);
  bool read(void* data, std::size_t size, std::uint64_t at) const;
  int handle() const { return handle_; }

 private:
  explicit NamelessFile(int handle) : handle_(handle) {}
  int handle_;
};

}  // namespace sagactl
