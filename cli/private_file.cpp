#include "cli/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace sagactl {
namespace {

Error failure(const std::string& what, const std::filesystem::path& path) {
  return Error{ErrorCode::unavailable, "cannot " + what + " " + path.string() + ": " + std::strerror(errno)};
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

Result<Json> read_json_file(const std::filesystem::path& path) {
  auto text = read_file(path);
  if (!text) return text.error();
  if (!*text) return Json(Json::object());
  Json json = read_json(**text);
  if (!json.is_object())
    return Error{ErrorCode::invalid, path.string() + " is not a JSON object; mend or remove it"};
  return json;
}

Result<void> write_private_file(const std::filesystem::path& path, const std::string& text) {
  std::error_code problem;
  if (!path.parent_path().empty() && std::filesystem::create_directories(path.parent_path(), problem))
    std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, problem);
  const std::filesystem::path beside = path.string() + ".new";
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return failure("write", beside);
  const bool written = ::fchmod(file, S_IRUSR | S_IWUSR) == 0 &&
                       ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(file) == 0;
  if (::close(file) != 0 || !written || ::rename(beside.c_str(), path.c_str()) != 0) {
    Error error = failure("write", path);
    ::unlink(beside.c_str());
    return error;
  }
  return {};
}

}  // namespace sagactl
