// Files that only their owner may read: credentials and contexts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cli/exit_code.hpp"
#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// Nothing when there is no such file; `unavailable` when it cannot be read.
Result<std::optional<std::string>> read_file(const std::filesystem::path& path);

// `invalid`: there is no configuration directory to store `what` in.
Error no_config_directory(std::string_view what);

// The object in a JSON file; an empty object when there is no such file.
Result<Json> read_json_file(const std::filesystem::path& path);

// The first line of a file that holds a password or a token. `flag` is named in errors.
Result<std::string> read_secret_file(const std::filesystem::path& path, const std::string& flag);

// A lock that keeps other processes of the user from changing a file between this process' read and its write. Released
// by the destructor, and when the process ends.
class EditLock {
 public:
  // The file need not exist. Waits for other processes; `busy` after 30 s.
  static Result<EditLock> take(const std::filesystem::path& path);
  EditLock(EditLock&& other) noexcept;
  EditLock& operator=(EditLock&&) = delete;
  ~EditLock();

 private:
  explicit EditLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Writes the file with mode 0600, and creates its directory with mode 0700 when it is missing. Writes a temporary file
// first and renames it, so that the file is never half written.
Result<void> write_private_file(const std::filesystem::path& path, const std::string& text);

struct Invocation;

// Reports why a file could not be saved. An unavailable file ends with `output_failed`, because the exit code of
// `unavailable` stands for a server that cannot be reached.
ExitCode report_not_saved(const Invocation& invocation, const Error& error);

}  // namespace sagactl
