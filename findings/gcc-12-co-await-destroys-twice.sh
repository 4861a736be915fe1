#!/usr/bin/env bash
# g++ 12.2.0 (Debian 12's g++-12 12.2.0-14+deb12u1), seen on 2026-11-29: an aggregate that is made within the operand
# of co_await is destroyed twice, and so are a lambda with a capture and the result of `a ? co_await b : co_await c`.
# Whatever its members own is freed twice.
# It does not matter whether the operand takes it by value or by reference, or whether -O0 or -O2 is given; the same
# call without co_await, and a variable with a name in its place, are right. There is no warning.
# Output seen: named made 1 destroyed 1; value made 1 destroyed 2; reference made 1 destroyed 2; lambda made 1
# destroyed 2; choice made 1 destroyed 2; without co_await made 1 destroyed 1. What to do: name the value before the
# co_await, and write an if. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=12.2.0-14+deb12u1
apt-get download {g++,gcc,cpp}-12=$version libgcc-12-dev=$version libstdc++-12-dev=$version >/dev/null
for package in *.deb; do dpkg -x "$package" compiler; done
cat >await.cpp <<'END'
#include <coroutine>
#include <cstdio>
#include <exception>
int made = 0, destroyed = 0;
struct Counted {
  explicit Counted(int) { ++made; }
  Counted(const Counted&) { ++made; }
  ~Counted() { ++destroyed; }
};
struct Aggregate {
  Counted counted;
  int other;
};
struct Task {
  struct promise_type {
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};
std::suspend_never by_value(Aggregate) { return {}; }
std::suspend_never by_reference(const Aggregate&) { return {}; }
struct Gives {
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  Counted await_resume() { return Counted(1); }
};
template <class Function>
std::suspend_never call(const Function& function) { function(); return {}; }

Task named() { const Aggregate aggregate{Counted(1), 2}; co_await by_reference(aggregate); }
Task value() { co_await by_value(Aggregate{Counted(1), 2}); }
Task reference() { co_await by_reference(Aggregate{Counted(1), 2}); }
Task lambda() { co_await call([counted = Counted(1)] {}); }
bool is_odd = true;
Task choice() { const Counted counted = is_odd ? co_await Gives{} : co_await Gives{}; (void)counted; }
Task without() { by_value(Aggregate{Counted(1), 2}); co_return; }

void show(const char* name, Task (*coroutine)()) {
  made = destroyed = 0;
  coroutine().handle.destroy();
  std::printf("%s made %d destroyed %d\n", name, made, destroyed);
}
int main() {
  show("named", named);
  show("value", value);
  show("reference", reference);
  show("lambda", lambda);
  show("choice", choice);
  show("without co_await", without);
}
END
cat >expected <<'END'
named made 1 destroyed 1
value made 1 destroyed 2
reference made 1 destroyed 2
lambda made 1 destroyed 2
choice made 1 destroyed 2
without co_await made 1 destroyed 1
END
for level in -O0 -O2; do
  compiler/usr/bin/x86_64-linux-gnu-g++-12 "$level" -std=c++20 -Wall -Wextra -Werror await.cpp -o await
  ./await | tee "output$level"
  diff expected "output$level"
done
