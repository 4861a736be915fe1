// What a C library allocates, freed by the function that it has for this.
#pragma once

namespace sagactl {

template <class Handle, class Free>
class Owned {
 public:
  Owned(Handle* handle, Free free) : handle_(handle), free_(free) {}
  ~Owned() {
    if (handle_) free_(handle_);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Handle* get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  Handle* handle_;
  Free free_;
};

}  // namespace sagactl
