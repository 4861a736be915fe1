#include "loadgen/ledger/entry_store.hpp"

#include "common/records/record_collector.hpp"

namespace sagactl {
namespace {

bool by_operation(const LedgerEntry& a, const LedgerEntry& b) {
  return a.operation != b.operation ? a.operation < b.operation : a.planned < b.planned;
}

}  // namespace

EntryStore::EntryStore(Scratch scratch) : scratch_(std::move(scratch)), sorter_(scratch_, by_operation) {}

EntryStore::~EntryStore() {
  stop_sorting();
}

EntryChunk EntryStore::empty_chunk() {
  EntryChunk chunk;
  {
    const std::lock_guard lock(mutex_);
    if (!spare_.empty()) {
      chunk = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  chunk.clear();
  chunk.reserve(chunk_size);
  return chunk;
}

void EntryStore::add(EntryChunk chunk) {
  if (chunk.empty()) return;
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { sort_chunks(); });
  changed_.wait(lock, [this] { return waiting_.size() < waiting_max; });
  waiting_.push_back(std::move(chunk));
  changed_.notify_all();
}

void EntryStore::sort_chunks() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    EntryChunk chunk = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    if (tap_)
      tap_->take(chunk);
    else
      for (const LedgerEntry& entry : chunk) sorter_.add(entry);
    lock.lock();
    spare_.push_back(std::move(chunk));
    changed_.notify_all();
  }
}

void EntryStore::stop_sorting() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

LedgerEntries EntryStore::take() {
  stop_sorting();
  spare_.clear();
  RecordCollector<LedgerEntry> in_order(scratch_);
  while (const LedgerEntry* next = sorter_.next()) in_order.add(*next);
  LedgerEntries entries(in_order.take());
  entries.share(names_);
  return entries;
}

}  // namespace sagactl
