#include "cli/output/file_output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace sagactl {

FileOutput::FileOutput(int file) : file_(file) {
  setp(buffer_.data(), buffer_.data() + buffer_.size());
}

FileOutput::~FileOutput() {
  write_all();
}

int FileOutput::finish() {
  write_all();
  if (failure_ != 0) return failure_;
  const int copy = ::dup(file_);  // the owner of the descriptor closes it
  if (copy >= 0 && ::close(copy) != 0) failure_ = errno;
  return failure_;
}

bool FileOutput::write_all() {
  for (const char* next = pbase(); failure_ == 0 && next < pptr();) {
    const ssize_t written = ::write(file_, next, static_cast<std::size_t>(pptr() - next));
    if (written >= 0) {
      next += written;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {  // the descriptor is non-blocking
      pollfd ready{file_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      failure_ = errno;
    }
  }
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return failure_ == 0;
}

FileOutput::int_type FileOutput::overflow(int_type letter) {
  if (!write_all()) return traits_type::eof();
  if (!traits_type::eq_int_type(letter, traits_type::eof())) {
    *pptr() = traits_type::to_char_type(letter);
    pbump(1);
  }
  return traits_type::not_eof(letter);
}

int FileOutput::sync() {
  return write_all() ? 0 : -1;
}

}  // namespace sagactl
