// A value or an Error. Precondition of reading either: it is the one that is there. Otherwise the process aborts.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

#include "common/error.hpp"

namespace sagactl {

// Aborts the process with `what`, in every build: for states that only a fault in this program can reach.
[[noreturn]] inline void crash(const char* what) {
  std::fprintf(stderr, "sagactl: internal error: %s\n", what);
  std::abort();
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& { return *checked(); }
  T& value() & { return *checked(); }
  T value() && { return std::move(*checked()); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T operator*() && { return std::move(*checked()); }  // by value, so that a loop over `*f()` is safe
  const T* operator->() const { return checked(); }
  T* operator->() { return checked(); }

  const Error& error() const& {
    if (ok()) crash("the error of a result that has a value was read");
    return *std::get_if<1>(&state_);
  }
  Error error() && {
    if (ok()) crash("the error of a result that has a value was read");
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  const T* checked() const {
    if (!ok()) crash(("the value of a failed result was read: " + error().message).c_str());
    return std::get_if<0>(&state_);
  }
  T* checked() {
    if (!ok()) crash(("the value of a failed result was read: " + error().message).c_str());
    return std::get_if<0>(&state_);
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    if (ok_) crash("the error of a result that has no error was read");
    return error_;
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace sagactl
