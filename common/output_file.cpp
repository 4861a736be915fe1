#include "common/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace sagactl {
namespace {

constexpr const char* part_suffix = ".part";

// The path with its links resolved, as far as it exists.
std::filesystem::path resolve_links(const std::filesystem::path& path) {
  std::error_code problem;
  auto real = std::filesystem::weakly_canonical(path, problem);
  if (problem || real.empty()) return path;
  // A dangling link: its target will be created.
  if (std::filesystem::is_symlink(std::filesystem::symlink_status(real, problem))) {
    const auto target = std::filesystem::read_symlink(real, problem);
    if (!problem) return target.is_absolute() ? target : real.parent_path() / target;
  }
  return real;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

bool is_below(const std::filesystem::path& path, std::string_view folder) {
  return path.string().starts_with(folder);
}

bool allows_files_beside(const std::filesystem::path& path) {
  return ::access(folder_of(path).c_str(), W_OK | X_OK) == 0;
}

Error cannot_write(ErrorCode code, const std::filesystem::path& path, int failure) {
  std::string why = std::strerror(failure);
  std::error_code ignored;
  if (failure == ENOENT && !std::filesystem::exists(folder_of(path), ignored))
    why = "there is no directory " + folder_of(path).string();
  return {code, "cannot write " + path.string() + ": " + why};
}

}  // namespace

bool is_ordinary_file(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) return S_ISREG(found.st_mode) && !is_below(path, "/proc/");
  return !is_below(path, "/dev/") && !is_below(path, "/proc/");
}

Result<void> check_output(const std::filesystem::path& path) {
  const auto wrong = [&](int failure) { return cannot_write(ErrorCode::invalid, path, failure); };
  const std::filesystem::path real = resolve_links(path);
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return wrong(EISDIR);
    // A pipe is not opened to try it: closing it would be the end of the stream to its reader.
    if (::access(path.c_str(), W_OK) != 0) return wrong(errno);
    return {};
  }
  // The file is created and removed: a directory's permissions alone do not tell whether that works.
  const int file = ::open(real.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return wrong(errno);
  ::close(file);
  ::unlink(real.c_str());
  return {};
}

OutputFile::OutputFile(const std::filesystem::path& path) : shown_(path), path_(path) {
  if (is_ordinary_file(path)) {
    path_ = resolve_links(path);
    if (allows_files_beside(path_)) part_path_ = path_.string() + part_suffix;
  }
  struct stat before {};
  const bool was_there = !part_path_.empty() && ::stat(path_.c_str(), &before) == 0;
  file_ = std::fopen((part_path_.empty() ? path_ : part_path_).c_str(), "we");
  if (file_ == nullptr)
    note_failure();
  else if (was_there && ::fchmod(::fileno(file_), before.st_mode & 07777) != 0)  // keeps the permissions
    note_failure();
}

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
  if (file_ != nullptr && !part_path_.empty()) std::remove(part_path_.c_str());
}

void OutputFile::note_failure() {
  if (failure_ == 0) failure_ = errno == 0 ? EIO : errno;
}

void OutputFile::write(std::string_view text) {
  if (file_ == nullptr || failure_ != 0) return;
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) note_failure();
}

Result<void> OutputFile::finish() {
  if (file_ != nullptr) {
    errno = 0;
    if (std::fflush(file_) != 0) note_failure();
    errno = 0;
    if (std::fclose(std::exchange(file_, nullptr)) != 0) note_failure();
    if (failure_ == 0 && !part_path_.empty() && std::rename(part_path_.c_str(), path_.c_str()) != 0) note_failure();
    if (failure_ != 0 && !part_path_.empty()) std::remove(part_path_.c_str());
  }
  if (failure_ != 0) return cannot_write(ErrorCode::unavailable, shown_, failure_);
  return {};
}

Result<void> write_output(const std::filesystem::path& path, std::string_view text) {
  OutputFile file(path);
  file.write(text);
  return file.finish();
}

}  // namespace sagactl
