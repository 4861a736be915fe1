// Files that only their owner may read: credentials and contexts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "common/text/json.hpp"
#include "common/result.hpp"

namespace sagactl {

// Nothing when there is no such file; `unavailable` when it cannot be read.
Result<std::optional<std::string>> read_file(const std::filesystem::path& path);

// The object in a JSON file; an empty one when there is no such file.
Result<Json> read_json_file(const std::filesystem::path& path);

// The first line of a file that holds a password or a token. `flag` names it in errors.
Result<std::string> read_secret_file(const std::filesystem::path& path, const std::string& flag);

// Keeps other processes of the user from changing a file between this one's reading and its writing. Waits for them, a
// few seconds at most; ended by the destructor, and with the process.
class EditLock {
 public:
  // Of a file that need not be there. `busy` when another process does not come to an end.
  static Result<EditLock> take(const std::filesystem::path& path);
  EditLock(EditLock&& other) noexcept;
  EditLock& operator=(EditLock&&) = delete;
  ~EditLock();

 private:
  explicit EditLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Writes it with mode 0600, in a directory that is made with mode 0700 when it is not there: to a file beside
// it first, renamed then, so that it is never half written.
Result<void> write_private_file(const std::filesystem::path& path, const std::string& text);

}  // namespace sagactl
