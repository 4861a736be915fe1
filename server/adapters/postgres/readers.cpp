#include "server/adapters/postgres/readers.hpp"

#include <algorithm>

namespace sagactl::postgres {
namespace {

constexpr std::chrono::seconds patience{4};
constexpr std::chrono::milliseconds engine_patience{3'400};

std::string settings_with(const std::string& statement_timeout) {
  return "-c statement_timeout=" + statement_timeout +
         " -c idle_in_transaction_session_timeout=5000 -c jit=off -c client_connection_check_interval=1000";
}

}  // namespace

Reader::Reader(const Address& address, ReadBy by)
    : connection(address, by == ReadBy::requests
                              ? Connection::Settings{"sagactl reader", settings_with("3500")}
                              : Connection::Settings{"sagactl engine", settings_with("3000"), engine_patience}) {
  connection.on_open([this](Connection&) { names.forget(); });
}

Readers::Readers(const Address& address, std::size_t count, ReadBy by) : count_(std::max<std::size_t>(count, 1)) {
  for (std::size_t i = 0; i < count_; ++i) free_.push_back(std::make_unique<Reader>(address, by));
}

Readers::Loan Readers::borrow() {
  std::unique_lock lock(mutex_);
  if (!returned_.wait_for(lock, patience, [this] { return !free_.empty(); }))
    throw Failure{Error{ErrorCode::unavailable, "all connections to the database are in use; try again"}, {}, false, false, false};
  std::unique_ptr<Reader> reader = std::move(free_.back());
  free_.pop_back();
  return {*this, std::move(reader)};
}

void Readers::give_back(std::unique_ptr<Reader> reader) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(reader));
  }
  returned_.notify_one();
}

std::size_t Readers::in_use() {
  const std::lock_guard lock(mutex_);
  return count_ - free_.size();
}

std::size_t Readers::open() {
  const std::lock_guard lock(mutex_);
  std::size_t open = count_ - free_.size();
  for (const auto& reader : free_) open += reader->connection.is_open();
  return open;
}

}  // namespace sagactl::postgres
