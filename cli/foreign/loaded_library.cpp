#include "cli/foreign/loaded_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace sagactl {

LoadedLibrary::LoadedLibrary(const char* file) : file_(file), handle_(::dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
  if (!handle_) failure_ = ::dlerror();
}

void* LoadedLibrary::symbol(const char* name) {
  if (!handle_) return nullptr;
  void* found = ::dlsym(handle_, name);
  if (!found && failure_.empty()) failure_ = fmt::format("{} has no {}", file_, name);
  return found;
}

}  // namespace sagactl
