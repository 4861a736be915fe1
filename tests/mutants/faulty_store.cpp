#include "tests/mutants/faulty_store.hpp"

namespace sagactl::mutants {

Result<NodeRegistration> FaultyStore::register_node(const NodeName& name, const std::string& url, Duration lease) {
  auto registration = store_.register_node(name, url, lease);
  const std::lock_guard lock(mutex_);
  if (registration) last_sequences_[name] = {registration->last_sequence, registration->last_sequence};
  return registration;
}

Result<Commit> FaultyStore::transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                     const std::function<Changes(Timestamp now)>& decide) {
  const std::lock_guard lock(mutex_);
  LastSequence& last = last_sequences_[writer.node];
  std::unique_ptr<ChangesCopy> altered;
  std::int64_t believed = last.believed;
  auto commit = store_.transact(writer, keys, loaded, [&](Timestamp now) {
    const Changes decided = decide(now);
    if (!decided.events.empty()) believed = decided.events.back()->sequence;
    altered = std::make_unique<ChangesCopy>(decided);
    fault_(*altered);
    return altered->changes(last.written);
  });
  if (commit && *commit == Commit::committed && altered) {
    last.believed = believed;
    last.written += static_cast<std::int64_t>(altered->events.size());
  }
  return commit;
}

// Translates the sequence that the node believes to have published to the one in the store.
Result<void> FaultyStore::set_published(const Writer& writer, const std::vector<Backlog>& backlogs) {
  std::vector<Backlog> translated = backlogs;
  {
    const std::lock_guard lock(mutex_);
    for (Backlog& backlog : translated) {
      const LastSequence& last = last_sequences_[backlog.node];
      backlog.published = backlog.published >= last.believed ? last.written : std::min(backlog.published, last.written);
    }
  }
  return store_.set_published(writer, translated);
}

}  // namespace sagactl::mutants
