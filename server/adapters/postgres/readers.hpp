// Connections that read, lent to one call at a time. Whoever finds none waits for one, for a while.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "server/adapters/postgres/connection.hpp"
#include "server/adapters/postgres/names.hpp"

namespace sagactl::postgres {

// Who waits behind an engine waits for less than who waits for a read.
enum class ReadBy { requests, engines };

struct Reader {
  Reader(const Address& address, ReadBy by);
  Connection connection;
  Names names{connection};
};

class Readers {
 public:
  Readers(const Address& address, std::size_t count, ReadBy by);

  class Loan {
   public:
    Loan(Readers& readers, std::unique_ptr<Reader> reader) : readers_(readers), reader_(std::move(reader)) {}
    ~Loan() { readers_.give_back(std::move(reader_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Reader& operator*() { return *reader_; }

   private:
    Readers& readers_;
    std::unique_ptr<Reader> reader_;
  };
  Loan borrow();  // Throws `unavailable` when all are lent for too long.

  std::size_t in_use();
  std::size_t open();
  std::size_t max() const { return count_; }

 private:
  void give_back(std::unique_ptr<Reader> reader);

  const std::size_t count_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Reader>> free_;
};

}  // namespace sagactl::postgres
