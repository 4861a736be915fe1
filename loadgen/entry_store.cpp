#include "loadgen/entry_store.hpp"

#include <algorithm>
#include <queue>

namespace sagactl {
namespace {

bool by_operation(const LedgerEntry& a, const LedgerEntry& b) {
  return a.operation < b.operation;
}

bool write_entries(NamelessFile& file, const EntryStore::Piece& entries, std::size_t first) {
  return file.write(entries.data(), entries.size() * sizeof(LedgerEntry), first * sizeof(LedgerEntry));
}

// One sorted run of entries.
struct Run {
  const LedgerEntry* at;
  const LedgerEntry* end;
  const MappedEntries* mapped;
};
struct LaterRun {
  bool operator()(const Run& a, const Run& b) const { return a.at->operation > b.at->operation; }
};

// The runs by operation, each entry to `put`, which returns false to end it.
template <class Put>
bool merge_runs(std::vector<Run> runs, Put put) {
  std::erase_if(runs, [](const Run& run) { return run.at == run.end; });
  std::priority_queue<Run, std::vector<Run>, LaterRun> next(LaterRun{}, std::move(runs));
  while (!next.empty()) {
    Run run = next.top();
    next.pop();
    if (!put(*run.at)) return false;
    ++run.at;
    if (run.mapped != nullptr) run.mapped->touched();  // runs are short: no walk passes a whole window of one
    if (run.at != run.end) next.push(run);
  }
  return true;
}

}  // namespace

EntryStore::EntryStore(std::string directory, std::size_t in_memory_max)
    : directory_(std::move(directory)), in_memory_max_(in_memory_max) {}

EntryStore::~EntryStore() {
  stop_writing();
}

EntryStore::Piece EntryStore::empty_piece() {
  Piece piece;
  {
    const std::lock_guard lock(mutex_);
    if (!spare_.empty()) {
      piece = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  piece.clear();
  piece.reserve(piece_size);
  return piece;
}

void EntryStore::add(Piece piece) {
  if (piece.empty()) return;
  std::unique_lock lock(mutex_);
  if (kept_entries_ + piece.size() <= in_memory_max_) {
    kept_entries_ += piece.size();
    kept_.push_back(std::move(piece));
    return;
  }
  if (!writer_.joinable()) writer_ = std::thread([this] { write_pieces(); });
  changed_.wait(lock, [this] { return waiting_.size() < waiting_max; });
  waiting_.push_back(std::move(piece));
  changed_.notify_all();
}

void EntryStore::write_pieces() {
  file_ = NamelessFile::create(directory_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Piece piece = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    std::sort(piece.begin(), piece.end(), by_operation);
    const bool written = write(piece);
    lock.lock();
    (written ? spare_ : kept_).push_back(std::move(piece));
    changed_.notify_all();
  }
}

bool EntryStore::write(const Piece& piece) {
  if (!file_ || !write_entries(*file_, piece, written_)) return false;
  blocks_.push_back({written_, piece.size()});
  written_ += piece.size();
  return true;
}

void EntryStore::stop_writing() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (writer_.joinable()) writer_.join();
}

LedgerEntries EntryStore::take() {
  stop_writing();
  spare_.clear();
  for (Piece& piece : kept_) std::sort(piece.begin(), piece.end(), by_operation);
  return merge();
}

LedgerEntries EntryStore::merge() {
  std::vector<Run> runs;
  std::size_t all = written_;
  for (const Piece& piece : kept_) {
    runs.push_back({piece.data(), piece.data() + piece.size(), nullptr});
    all += piece.size();
  }
  std::shared_ptr<const MappedEntries> blocks;
  if (written_ > 0) {
    blocks = MappedEntries::open(std::move(*file_), written_);
    if (!blocks) crash("the ledger's own file cannot be read");
    for (const Block& block : blocks_)
      runs.push_back(
          {blocks->data() + block.first, blocks->data() + block.first + block.count, blocks.get()});
  }
  std::optional<NamelessFile> sorted;
  if (written_ > 0) sorted = NamelessFile::create(directory_);
  Piece buffer;
  buffer.reserve(sorted ? piece_size : all);
  std::size_t put = 0;
  const auto flush = [&] {
    const bool written = write_entries(*sorted, buffer, put);
    put += buffer.size();
    buffer.clear();
    return written;
  };
  if (sorted) {
    const bool whole = merge_runs(runs, [&](const LedgerEntry& entry) {
      buffer.push_back(entry);
      return buffer.size() < piece_size || flush();
    });
    auto mapped = whole && flush() ? MappedEntries::open(std::move(*sorted), all) : nullptr;
    if (mapped) return LedgerEntries(std::move(mapped));
    buffer.clear();
  }
  merge_runs(runs, [&](const LedgerEntry& entry) {
    buffer.push_back(entry);
    return true;
  });
  return LedgerEntries(std::move(buffer));
}

}  // namespace sagactl
