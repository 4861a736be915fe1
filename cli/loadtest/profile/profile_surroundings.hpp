// Where the files are that a profile names, and what {env:...} stands for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/configuration/environment.hpp"

namespace sagactl {

struct ProfileSurroundings {
  std::filesystem::path directory;
  const Environment* environment = nullptr;

  // Of a file in the directory. Nothing when it cannot be read, or is larger than `size_max` bytes.
  std::optional<std::string> text_of(const std::string& file, std::uintmax_t size_max) const;
};

}  // namespace sagactl
