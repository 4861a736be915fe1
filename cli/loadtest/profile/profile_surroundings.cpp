#include "cli/loadtest/profile/profile_surroundings.hpp"

#include <fstream>

namespace sagactl {

std::optional<std::string> ProfileSurroundings::text_of(const std::string& file, std::uintmax_t size_max) const {
  const std::filesystem::path path = directory / file;
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (failure || size > size_max) return std::nullopt;
  std::ifstream stream(path, std::ios::binary);
  std::string text(size, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  return text;
}

}  // namespace sagactl
