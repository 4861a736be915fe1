#include "loadgen/order_answer.hpp"

#include <algorithm>

#include "common/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t wanted_max = 32;  // one bit each

// "/a~1b/0" is "a/b", "0" (RFC 6901).
std::vector<std::string> path_of(std::string_view pointer) {
  std::vector<std::string> path = split(pointer.substr(1), '/');
  for (std::string& part : path) {
    for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}})
      for (auto at = part.find(from); at != std::string::npos; at = part.find(from, at + 1))
        part.replace(at, 2, to);
  }
  if (path.empty()) path.emplace_back();
  return path;
}

std::optional<Money> money_of(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto money = parse_money(text);
  if (!money) return std::nullopt;
  return *money;
}

bool holds(const StatusRanges& ranges, int status) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const StatusRange& it) { return it.holds(status); });
}

bool is_scalar(const JsonMembers::Member& member) {
  return member.is_string || (!member.value.empty() && member.value[0] != '{' && member.value[0] != '[');
}

}  // namespace

AnswerPlan::AnswerPlan(const Profile& profile)
    : rules_(profile.outcome), ids_are_uuids_(profile.answer.ids_are_uuids) {
  want(Field::order, profile.answer.order);
  want(Field::correlation, profile.answer.correlation);
  want(Field::status, profile.answer.status);
  want(Field::total, profile.answer.total);
  for (const Telltale& tell : profile.outcome.duplicate_tells) {
    want(Field::duplicate, {tell.pointer});
    wanted_.back().values = tell.values;
  }
  if (wanted_.size() > wanted_max) wanted_.resize(wanted_max);
}

void AnswerPlan::want(Field field, const std::vector<std::string>& pointers) {
  for (std::size_t rank = 0; rank < pointers.size(); ++rank)
    if (!pointers[rank].empty())
      wanted_.push_back({path_of(pointers[rank]), field, static_cast<std::uint8_t>(rank), {}});
}

OrderAnswer AnswerPlan::read(std::string_view body) const {
  Reading reading;
  const std::uint32_t all = wanted_.size() == wanted_max ? 0xFFFFFFFFu : (1u << wanted_.size()) - 1;
  walk(body, 0, all, reading);
  return reading.answer;
}

void AnswerPlan::walk(std::string_view text, std::size_t depth, std::uint32_t candidates,
                      Reading& reading) const {
  JsonMembers members(text);
  while (const auto member = members.next()) {
    std::uint32_t deeper = 0;
    for (std::uint32_t left = candidates; left != 0; left &= left - 1) {
      const auto index = static_cast<std::size_t>(__builtin_ctz(left));
      const Wanted& wanted = wanted_[index];
      if (wanted.path[depth] != member->name) continue;
      if (wanted.path.size() == depth + 1)
        take(wanted, *member, reading);
      else
        deeper |= 1u << index;
    }
    if (deeper != 0 && !member->is_string) walk(member->value, depth + 1, deeper, reading);
  }
}

void AnswerPlan::take(const Wanted& wanted, const JsonMembers::Member& member, Reading& reading) const {
  OrderAnswer& answer = reading.answer;
  const auto is_best = [&](std::uint8_t& rank) {
    if (wanted.rank >= rank) return false;
    rank = wanted.rank;
    return true;
  };
  switch (wanted.field) {
    case Field::order: {
      if (!is_scalar(member) || member.value == "null") return;
      if (!member.is_string && ids_are_uuids_) return;
      const auto uuid = Uuid::parse(member.value);
      if ((!uuid && ids_are_uuids_) || !is_best(reading.order_rank)) return;
      answer.order = uuid ? *uuid : order_ref(member.value);
      answer.order_name = uuid ? std::string_view() : member.value;
      return;
    }
    case Field::correlation:
      if (member.is_string && is_best(reading.correlation_rank))
        answer.correlation = Uuid::parse(member.value).value_or(Uuid{});
      return;
    case Field::status:
      if (member.is_string && is_best(reading.status_rank))
        answer.status = parse_claimed_status(member.value).value_or(ClaimedStatus::other);
      return;
    case Field::total:
      if (is_scalar(member) && is_best(reading.total_rank)) answer.total = money_of(member.value);
      return;
    case Field::duplicate:
      answer.is_duplicate |=
          std::find(wanted.values.begin(), wanted.values.end(), member.value) != wanted.values.end();
      return;
  }
}

RequestOutcome AnswerPlan::outcome_of(int http_status, const OrderAnswer& answer) const {
  const bool told = rules_.duplicate_tells.empty() || answer.is_duplicate;
  if (holds(rules_.duplicate, http_status) && told) return RequestOutcome::duplicate;
  if (holds(rules_.accepted, http_status)) return RequestOutcome::accepted;
  if (holds(rules_.rejected, http_status) || http_status < 500) return RequestOutcome::rejected;
  return RequestOutcome::indeterminate;
}

}  // namespace sagactl
