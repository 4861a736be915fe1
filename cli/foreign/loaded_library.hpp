// A shared library that is loaded when it is needed, and stays loaded.
#pragma once

#include <string>

namespace sagactl {

class LoadedLibrary {
 public:
  explicit LoadedLibrary(const char* file);

  // Sets `function` to the one of that name, also of the libraries that this one needs. The first failure is kept.
  template <class Function>
  void find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(symbol(name));
  }
  const std::string& failure() const { return failure_; }  // "": it is loaded, and has all that was looked for

 private:
  void* symbol(const char* name);

  const char* file_;
  void* handle_;
  std::string failure_;
};

}  // namespace sagactl
