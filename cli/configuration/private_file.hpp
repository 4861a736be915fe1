// Files that only their owner may read: credentials and contexts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/exit_code.hpp"
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
class FileTurn {
 public:
  // Of a file that need not be there. `busy` when another process does not come to an end.
  static Result<FileTurn> take(const std::filesystem::path& path);
  FileTurn(FileTurn&& other) noexcept;
  FileTurn& operator=(FileTurn&&) = delete;
  ~FileTurn();

 private:
  explicit FileTurn(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Writes it with mode 0600, in a directory that is made with mode 0700 when it is not there: to a file beside
// it first, renamed then, so that it is never half written.
Result<void> write_private_file(const std::filesystem::path& path, const std::string& text);

struct Invocation;

// Tells the user why nothing was kept, and gives the exit code: that of a file that could not be written, not of a server
// that does not answer.
ExitCode nothing_kept(const Invocation& invocation, const Error& error);

}  // namespace sagactl
