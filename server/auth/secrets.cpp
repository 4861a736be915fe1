#include "server/auth/secrets.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/crypto.hpp"
#include "common/text/text.hpp"

namespace sagactl::auth {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t secret_length_max = 4096;
constexpr mode_t others = S_IRWXG | S_IRWXO;

Error system_error(const std::string& what, const fs::path& file) {
  const int number = errno;
  const ErrorCode code = number == ENOENT                      ? ErrorCode::not_found
                         : number == EACCES || number == EPERM ? ErrorCode::forbidden
                                                               : ErrorCode::unavailable;
  return {code, "cannot " + what + " " + file.string() + ": " + std::strerror(number)};
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

Result<void> check_private(const struct stat& status, const fs::path& file) {
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::invalid, file.string() + " is not a regular file"};
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return Error{ErrorCode::forbidden, file.string() + " belongs to another user; delete it, or run as that user"};
  }
  if ((status.st_mode & others) != 0) {
    return Error{ErrorCode::forbidden,
                 file.string() + " can be read or written by others; run: chmod 600 " + file.string()};
  }
  return {};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// A rename or link is durable when its directory is.
bool sync_directory_of(const fs::path& file) {
  const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() && ::fsync(opened.fd()) == 0;
}

Result<void> create_directory_of(const fs::path& file) {
  const fs::path directory = file.parent_path();
  std::error_code ignored;
  if (directory.empty() || fs::exists(directory, ignored)) return {};
  if (auto parent = create_directory_of(directory); !parent) return parent.error();
  if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return system_error("create the directory", directory);
  return {};
}

// A complete and durable file with a unique name in the directory of `file`.
Result<fs::path> write_temporary(const fs::path& file, std::string_view secret) {
  if (secret.empty() || secret.size() > secret_length_max) {
    return Error{ErrorCode::invalid, "a secret has from 1 to " + std::to_string(secret_length_max) + " bytes"};
  }
  if (auto created = create_directory_of(file); !created) return created.error();
  fs::path temporary = file;
  temporary += "." + hex(random_bytes(8)) + ".new";
  const FileDescriptor opened(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!opened.is_open()) return system_error("create", temporary);
  std::string text(secret);
  text += '\n';
  if (!write_all(opened.fd(), text) || ::fsync(opened.fd()) != 0) {
    Error error = system_error("write", temporary);
    ::unlink(temporary.c_str());
    return error;
  }
  return temporary;
}

}  // namespace

Result<std::string> load_secret(const fs::path& file) {
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.is_open()) return system_error("open", file);
  struct stat status {};
  if (::fstat(opened.fd(), &status) != 0) return system_error("stat", file);
  if (auto fit = check_private(status, file); !fit) return fit.error();
  std::string text(secret_length_max + 2, '\0');
  const ssize_t count = ::read(opened.fd(), text.data(), text.size());
  if (count < 0) return system_error("read", file);
  text.resize(static_cast<std::size_t>(count));
  std::string secret(trim(text));
  if (secret.empty()) return Error{ErrorCode::invalid, file.string() + " is empty; it has to hold a secret"};
  if (secret.size() > secret_length_max)
    return Error{ErrorCode::invalid, fmt::format("{} holds more than a secret, which has at most {} bytes",
                                                 file.string(), secret_length_max)};
  return secret;
}

Result<void> save_secret(const fs::path& file, std::string_view secret) {
  const Result<fs::path> temporary = write_temporary(file, secret);
  if (!temporary) return temporary.error();
  if (::rename(temporary->c_str(), file.c_str()) != 0) {
    Error error = system_error("replace", file);
    ::unlink(temporary->c_str());
    return error;
  }
  if (!sync_directory_of(file)) return system_error("make durable", file);
  return {};
}

Result<std::string> load_or_create_secret(const fs::path& file, std::size_t bytes) {
  Result<std::string> present = load_secret(file);
  if (!present && present.error().code == ErrorCode::invalid)
    return Error{ErrorCode::invalid, present.error().message + "; delete it, and a new one is created"};
  if (present || present.error().code != ErrorCode::not_found) return present;
  const Result<fs::path> temporary = write_temporary(file, hex(random_bytes(bytes)));
  if (!temporary) return temporary.error();
  // Unlike a rename, a link does not replace the file of a process that was first.
  const bool linked = ::link(temporary->c_str(), file.c_str()) == 0;
  const bool exists = !linked && errno == EEXIST;
  Error error;
  if (!linked && !exists) error = system_error("create", file);
  ::unlink(temporary->c_str());
  if (!linked && !exists) return error;
  if (!sync_directory_of(file)) return system_error("make durable", file);
  return load_secret(file);
}

}  // namespace sagactl::auth
