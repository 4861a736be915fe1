#include "cli/import/importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

#include "server/auth/bcrypt.hpp"
#include "server/ports/importing_node.hpp"

namespace sagactl {

// One transaction's changes, with what they point to.
struct Importer::Draft {
  Timestamp now;
  ImportReport report;  // of this batch alone
  std::deque<Replayed> flows;
  std::deque<User> users;
  std::deque<Claim> claims;
  std::deque<Event> events;
  std::set<KeyDigest> held;  // keys that orders of this batch hold
  Changes changes;

  void add_new(const Loaded& loaded, Replayed replayed);
  void add_changed(const Flow& stored, Replayed replayed);
};

namespace {

void append(std::vector<RowProblem>& list, std::uint64_t& number, RowProblem problem) {
  ++number;
  if (list.size() < ImportReport::listed_max) list.push_back(std::move(problem));
}

// When the list is full, one that waits for a person takes the place of another.
void append(std::vector<JudgedOrder>& list, JudgedOrder order) {
  const auto is_for_a_person = [](const JudgedOrder& each) { return each.judgement == Judgement::left_to_a_person; };
  if (list.size() < ImportReport::listed_max) return list.push_back(std::move(order));
  if (!is_for_a_person(order)) return;
  const auto other = std::find_if_not(list.begin(), list.end(), is_for_a_person);
  if (other != list.end()) *other = std::move(order);
}

void add(RowCounts& sum, const RowCounts& more) {
  sum.brought += more.brought;
  sum.changed += more.changed;
  sum.as_before += more.as_before;
  sum.kept += more.kept;
  sum.not_yet += more.not_yet;
  sum.left_out += more.left_out;
}

void add(ImportReport& sum, ImportReport more) {
  add(sum.users, more.users);
  add(sum.orders, more.orders);
  sum.payments += more.payments;
  sum.events += more.events;
  for (const auto& [status, n] : more.sagas) sum.sagas[status] += n;
  for (const auto& [judgement, n] : more.judged) sum.judged[judgement] += n;
  for (JudgedOrder& order : more.unfinished) append(sum.unfinished, std::move(order));
  for (RowProblem& problem : more.problems) append(sum.problems, sum.problem_count, std::move(problem));
  for (RowProblem& remark : more.remarks) append(sum.remarks, sum.remark_count, std::move(remark));
}

// Whether the stored flow says the same as the other system's rows do.
bool is_same(const Flow& stored, const Flow& replayed) {
  if (stored.order.status != replayed.order.status || stored.payments.size() != replayed.payments.size()) return false;
  for (std::size_t i = 0; i < stored.payments.size(); ++i) {
    const Payment &a = stored.payments[i], &b = replayed.payments[i];
    if (a.id != b.id || a.status != b.status || a.amount != b.amount) return false;
  }
  return stored.saga && stored.saga->status == replayed.saga->status &&
         stored.saga->requires_manual_intervention == replayed.saga->requires_manual_intervention;
}

// Whether only imports have written it, and no node goes on with it.
bool is_untouched(const Flow& stored) {
  return stored.writer == importing_node && stored.saga && stored.saga->owner.node == importing_node;
}

int version_of(const Flow& flow, const Event& event) {
  switch (event.aggregate_type) {
    case AggregateType::order:
      return flow.order.version;
    case AggregateType::saga:
      return flow.saga ? flow.saga->version : 0;
    default:
      for (const Payment& payment : flow.payments)
        if (payment.id.uuid == event.aggregate) return payment.version;
      return 0;
  }
}

// Whether the stored events are how the replayed ones begin.
bool is_beginning(const std::vector<Event>& stored, const std::vector<Event>& replayed) {
  return std::all_of(stored.begin(), stored.end(), [&](const Event& event) {
    return std::any_of(replayed.begin(), replayed.end(), [&](const Event& other) {
      return other.aggregate == event.aggregate && other.aggregate_type == event.aggregate_type &&
             other.version == event.version && other.type == event.type;
    });
  });
}

const Flow* find(const Loaded& loaded, OrderId id) {
  const auto found =
      std::find_if(loaded.flows.begin(), loaded.flows.end(), [id](const Flow& flow) { return flow.order.id == id; });
  return found == loaded.flows.end() ? nullptr : &*found;
}

// Gives a live order its key, unless another live order has it.
void claim_key(const Loaded& loaded, Order& order, std::set<KeyDigest>& held, std::deque<Claim>& claims,
               ImportReport& report) {
  if (!order.holds_key) return;
  const KeyDigest key = digest_of_key(order.idempotency_key);
  const auto stored =
      std::find_if(loaded.claims.begin(), loaded.claims.end(), [&](const Claim& claim) { return claim.key == key; });
  const bool is_others = stored != loaded.claims.end() && stored->order != order.id;
  const bool is_taken = held.contains(key) || (is_others && stored->live);
  if (is_taken && is_live(order.status)) {
    order.holds_key = false;
    append(report.remarks, report.remark_count,
           {"orders", order.id.text(), "another live order has its idempotency key: it holds none"});
    return;
  }
  if (is_taken || (is_others && !is_live(order.status))) {
    order.holds_key = false;
    return;
  }
  held.insert(key);
  claims.push_back({key, order.id, is_live(order.status)});
}

void check_password(const User& user, ImportReport& report) {
  const int cost = auth::bcrypt_cost(user.password_hash);
  std::string why;
  if (cost == 0) why = "its password is no bcrypt hash: nobody can log in with it";
  if (cost > auth::bcrypt_cost_max)
    why = fmt::format("its password's bcrypt cost is {}, and more than {} is not computed: nobody can log in with it",
                      cost, auth::bcrypt_cost_max);
  if (!why.empty()) append(report.remarks, report.remark_count, {"users", user.id.text(), why});
}

bool is_same(const User& a, const User& b) {
  return a.email == b.email && a.password_hash == b.password_hash && a.first_name == b.first_name &&
         a.last_name == b.last_name && a.role == b.role && a.status == b.status && a.email_verified == b.email_verified;
}

// Whether it is as an import wrote it: nobody has logged in to it here, and no operator has changed it.
bool is_untouched(const User& stored) {
  return stored.sessions.empty() && stored.rights_changed_at == Timestamp{} && auth::is_bcrypt(stored.password_hash);
}

}  // namespace

void ImportReport::add_problem(RowProblem problem) {
  append(problems, problem_count, std::move(problem));
}

void ImportReport::add_remark(RowProblem remark) {
  append(remarks, remark_count, std::move(remark));
}

void ImportReport::add(const SourceOrder& source, const Replayed& replayed) {
  ++judged[replayed.judgement];
  if (replayed.judgement != Judgement::ended)
    append(unfinished, {source.id.text(), source.saga ? source.saga->id.text() : "", replayed.judgement, replayed.why});
  if (replayed.judgement == Judgement::not_yet) return;
  ++sagas[replayed.flow.saga->status];
  payments += replayed.flow.payments.size();
  events += replayed.events.size();
}

void Importer::Draft::add_new(const Loaded& loaded, Replayed replayed) {
  claim_key(loaded, replayed.flow.order, held, claims, report);
  Replayed& kept = flows.emplace_back(std::move(replayed));
  changes.new_orders.push_back(&kept.flow.order);
  changes.new_sagas.push_back(&*kept.flow.saga);
  for (const Payment& payment : kept.flow.payments) changes.new_payments.push_back(&payment);
  for (const Barrier& barrier : kept.flow.barriers) changes.barriers.emplace_back(kept.flow.order.id, &barrier);
  for (Event& event : kept.events) events.push_back(std::move(event));
}

void Importer::Draft::add_changed(const Flow& stored, Replayed replayed) {
  Replayed& kept = flows.emplace_back(std::move(replayed));
  Flow& flow = kept.flow;
  flow.order.holds_key = stored.order.holds_key;
  if (flow.order.holds_key && is_live(flow.order.status) != is_live(stored.order.status))
    claims.push_back({digest_of_key(flow.order.idempotency_key), flow.order.id, is_live(flow.order.status)});
  changes.orders.push_back(&flow.order);
  changes.sagas.push_back(&*flow.saga);
  for (const Payment& payment : flow.payments)
    (stored.payments.empty() ? changes.new_payments : changes.payments).push_back(&payment);
  for (const Barrier& barrier : flow.barriers) {
    const bool is_stored = std::any_of(stored.barriers.begin(), stored.barriers.end(), [&](const Barrier& each) {
      return each.step == barrier.step && each.direction == barrier.direction && each.execution == barrier.execution;
    });
    if (!is_stored) changes.barriers.emplace_back(flow.order.id, &barrier);
  }
  for (Event& event : kept.events)
    if (event.version > version_of(stored, event)) events.push_back(std::move(event));
}

ReplayOptions Importer::replay_options(Timestamp now) const {
  return {node_.writer, now, options_.is_live};
}

Result<void> Importer::begin() {
  auto registered = store_.register_node(NodeName(importing_node), "", options_.lease);
  if (!registered) {
    if (registered.error().code == ErrorCode::conflict)
      return Error{ErrorCode::conflict, "another import into this database is running"};
    return registered.error();
  }
  node_ = *std::move(registered);
  renewed_at_ = clock_.steady();
  return {};
}

Result<void> Importer::renew() {
  if (clock_.steady() - renewed_at_ < options_.lease / 4) return {};
  const auto renewed = store_.renew(node_.writer, options_.lease);
  if (!renewed) return renewed.error();
  if (!*renewed) return begin();  // it was paused for longer than its lease
  renewed_at_ = clock_.steady();
  return {};
}

Result<void> Importer::write(const BatchKeys& keys, ImportReport& report,
                             const std::function<void(const Loaded&, Draft&)>& fill) {
  if (const auto renewed = renew(); !renewed) return renewed;
  Draft draft;
  Loaded loaded;
  const auto decide = [&](Timestamp now) {
    draft = Draft{};
    draft.now = now;
    fill(loaded, draft);
    std::int64_t sequence = node_.last_sequence;
    for (Event& event : draft.events) {
      event.sequence = ++sequence;
      draft.changes.events.push_back(&event);
    }
    for (const Claim& claim : draft.claims) draft.changes.claims.push_back(&claim);
    for (const User& user : draft.users) draft.changes.users.push_back(&user);
    draft.changes.latest = now;
    return draft.changes;
  };
  const auto committed = store_.transact(node_.writer, keys, loaded, decide);
  if (!committed) return committed.error();
  if (*committed == Commit::fenced)
    return Error{ErrorCode::retry, "the import was paused for longer than its lease; run it again: it goes on"};
  node_.last_sequence += static_cast<std::int64_t>(draft.events.size());
  add(report, std::move(draft.report));
  return {};
}

Result<void> Importer::bring(const std::vector<User>& users, ImportReport& report) {
  BatchKeys keys;
  for (const User& user : users) {
    keys.users.push_back(user.id);
    keys.emails.push_back(user.email);
  }
  return write(keys, report, [&](const Loaded& loaded, Draft& draft) {
    std::set<std::string> emails;
    for (const User& user : users) {
      const auto stored =
          std::find_if(loaded.users.begin(), loaded.users.end(), [&](const User& each) { return each.id == user.id; });
      const auto other = std::find_if(loaded.users.begin(), loaded.users.end(),
                                      [&](const User& each) { return each.email == user.email && each.id != user.id; });
      const bool is_stored = stored != loaded.users.end();
      if (is_stored && is_same(*stored, user)) {
        ++draft.report.users.as_before;
      } else if (is_stored && !is_untouched(*stored)) {
        ++draft.report.users.kept;
      } else if (other != loaded.users.end() || emails.contains(user.email)) {
        ++draft.report.users.left_out;
        draft.report.add_problem({"users", user.id.text(),
                                  fmt::format("the e-mail address {} is already that of {}", user.email,
                                              other != loaded.users.end() ? other->id.text() : "another user there")});
      } else {
        ++(is_stored ? draft.report.users.changed : draft.report.users.brought);
        emails.insert(user.email);
        check_password(user, draft.report);
        draft.users.push_back(user);
      }
    }
  });
}

Result<void> Importer::bring(const std::vector<SourceOrder>& orders, ImportReport& report) {
  BatchKeys keys;
  for (const SourceOrder& order : orders) {
    keys.flows.push_back(order.id);
    if (!order.idempotency_key.empty()) keys.claims.push_back(digest_of_key(order.idempotency_key));
  }
  std::vector<const SourceOrder*> others;  // stored already, in another state
  const auto written = write(keys, report, [&](const Loaded& loaded, Draft& draft) {
    others.clear();
    for (const SourceOrder& source : orders) {
      Replayed replayed = replay(source, replay_options(draft.now));
      const Flow* stored = find(loaded, source.id);
      if (stored && (replayed.judgement == Judgement::not_yet || is_same(*stored, replayed.flow))) {
        ++draft.report.orders.as_before;
      } else if (stored && !is_untouched(*stored)) {
        ++draft.report.orders.kept;
      } else if (stored) {
        others.push_back(&source);
      } else {
        draft.report.add(source, replayed);
        if (replayed.judgement == Judgement::not_yet) {
          ++draft.report.orders.not_yet;
          continue;
        }
        ++draft.report.orders.brought;
        draft.add_new(loaded, std::move(replayed));
      }
    }
  });
  if (!written) return written;
  for (const SourceOrder* source : others)
    if (const auto changed = bring_change(*source, report); !changed) return changed;
  return {};
}

// Changes there since an earlier import: their events follow those that are stored.
Result<void> Importer::bring_change(const SourceOrder& source, ImportReport& report) {
  const auto events = queries_.flow_events(source.id);
  if (!events) return events.error();
  BatchKeys keys;
  keys.flows.push_back(source.id);
  if (!source.idempotency_key.empty()) keys.claims.push_back(digest_of_key(source.idempotency_key));
  return write(keys, report, [&](const Loaded& loaded, Draft& draft) {
    Replayed replayed = replay(source, replay_options(draft.now));
    const Flow* stored = find(loaded, source.id);
    if (!stored || !is_untouched(*stored) || replayed.judgement == Judgement::not_yet) {
      ++draft.report.orders.kept;
      return;
    }
    if (!is_beginning(*events, replayed.events)) {
      ++draft.report.orders.left_out;
      draft.report.add_problem({"orders", source.id.text(),
                                fmt::format("it is {} here since an earlier import, and went on there: it is {} now",
                                            to_string(stored->order.status), to_string(source.status))});
      return;
    }
    ++draft.report.orders.changed;
    draft.report.add(source, replayed);
    draft.add_changed(*stored, std::move(replayed));
  });
}

Result<void> Importer::end() {
  return store_.resign(node_.writer);
}

void judge_only(const std::vector<User>& users, ImportReport& report) {
  for (const User& user : users) check_password(user, report);
  report.users.brought += users.size();
}

void judge_only(const std::vector<SourceOrder>& orders, bool is_live, Timestamp now, ImportReport& report) {
  const ReplayOptions options{{NodeName(importing_node), 1}, now, is_live};
  for (const SourceOrder& source : orders) {
    const Replayed replayed = replay(source, options);
    ++(replayed.judgement == Judgement::not_yet ? report.orders.not_yet : report.orders.brought);
    report.add(source, replayed);
  }
}

}  // namespace sagactl
