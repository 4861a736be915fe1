#include "cli/configuration/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "cli/invocation.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds lock_wait_max{30};  // longer than a request that the holder may be waiting for
constexpr std::chrono::milliseconds lock_poll_interval{20};

Error failure(const std::string& what, const std::filesystem::path& path) {
  return Error{ErrorCode::unavailable, "cannot " + what + " " + path.string() + ": " + std::strerror(errno)};
}

Result<void> create_private_directory(const std::filesystem::path& directory) {
  std::error_code problem;
  if (directory.empty() || std::filesystem::exists(directory, problem)) return {};
  if (std::filesystem::create_directories(directory, problem))
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, problem);
  if (!problem) return {};
  return Error{ErrorCode::unavailable, "cannot create " + directory.string() + ": " + problem.message()};
}

}  // namespace

Result<std::optional<std::string>> read_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::optional<std::string>();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || (text << file.rdbuf()).bad()) return failure("read", path);
  return std::optional<std::string>(text.str());
}

Error no_config_directory(std::string_view what) {
  return Error{ErrorCode::invalid,
               "cannot store " + std::string(what) + ": set HOME or XDG_CONFIG_HOME to an absolute path"};
}

Result<Json> read_json_file(const std::filesystem::path& path) {
  auto text = read_file(path);
  if (!text) return text.error();
  if (!*text) return Json(Json::object());
  Json json = read_json(**text);
  if (!json.is_object()) return Error{ErrorCode::invalid, path.string() + " is not a JSON object; fix or delete it"};
  return json;
}

Result<std::string> read_secret_file(const std::filesystem::path& path, const std::string& flag) {
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
    return Error{ErrorCode::invalid, flag + ": " + path.string() + " is a directory"};
  auto text = read_file(path);
  if (!text) return text.error();
  const std::string secret(*text ? trim(std::string_view(**text).substr(0, (*text)->find('\n'))) : std::string_view());
  if (secret.empty())
    return Error{ErrorCode::invalid,
                 flag + ": " + path.string() + (*text ? ": the first line is empty" : " does not exist")};
  return secret;
}

Result<EditLock> EditLock::take(const std::filesystem::path& path) {
  if (const auto created = create_private_directory(path.parent_path()); !created) return created.error();
  const std::filesystem::path name = path.string() + ".lock";
  const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return failure("open", name);
  EditLock lock(descriptor);
  const auto end = std::chrono::steady_clock::now() + lock_wait_max;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return failure("lock", name);
    if (std::chrono::steady_clock::now() > end)
      return Error{ErrorCode::busy, "another sagactl process has locked " + path.string() + " for " +
                                        std::to_string(lock_wait_max.count()) + " s; try again, or end that process"};
    std::this_thread::sleep_for(lock_poll_interval);
  }
  return lock;
}

EditLock::EditLock(EditLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

EditLock::~EditLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> write_private_file(const std::filesystem::path& path, const std::string& text) {
  if (const auto created = create_private_directory(path.parent_path()); !created) return created.error();
  const std::filesystem::path temporary = path.string() + ".new";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return failure("write", temporary);
  const bool written = ::fchmod(file, S_IRUSR | S_IWUSR) == 0 &&
                       ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(file) == 0;
  if (::close(file) != 0 || !written || ::rename(temporary.c_str(), path.c_str()) != 0) {
    Error error = failure("write", path);
    ::unlink(temporary.c_str());
    return error;
  }
  return {};
}

ExitCode report_not_saved(const Invocation& invocation, const Error& error) {
  const ExitCode code = report(invocation.terminal, invocation.settings.format, error);
  return error.code == ErrorCode::unavailable ? ExitCode::output_failed : code;
}

}  // namespace sagactl
