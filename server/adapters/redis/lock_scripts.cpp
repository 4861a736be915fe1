#include "server/adapters/redis/lock_scripts.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "server/adapters/redis/redis_reply.hpp"

namespace sagactl::redis {
namespace {

// KEYS: lock, token, waiting. ARGV: holder, time to live in ms, highest token that the client has seen, ms for which it
// goes on waiting (0: not at all), request id.
// Returns the token and the microsecond of the grant; when the lock is held, the ms until it expires (-1: never).
constexpr std::string_view acquire = R"(
local left = redis.call('PTTL', KEYS[1])
if left ~= -2 then
  if ARGV[4] ~= '0' then redis.call('SET', KEYS[3], '1', 'PX', ARGV[4]) end
  return left
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[2]) or 0) or 0
local token = string.format('%.0f', math.max(last + 1, now, ARGV[3] + 1))
now = string.format('%.0f', now)
redis.call('SET', KEYS[2], token)
redis.call('SET', KEYS[1], token .. ' ' .. now .. ' ' .. ARGV[5] .. ' ' .. ARGV[1], 'NX', 'PX', ARGV[2])
return {token, now}
)";

// KEYS: lock, waiting. ARGV: fencing token or request id of the grant, channel, name of the lock.
// Returns 1 when it was ours and is released, else 0.
constexpr std::string_view release = R"(
local held = redis.call('GET', KEYS[1])
if not held then return 0 end
local token, request = string.match(held, '^(%d+) %d+ (%S+) ')
if token ~= ARGV[1] and request ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if redis.call('DEL', KEYS[2]) == 1 then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
return 1
)";

// KEYS: lock. ARGV: fencing token, time to live in ms. Returns 1 when it was ours and is extended, else 0.
constexpr std::string_view renew = R"(
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^(%d+) ') ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
)";

// KEYS: locks. Returns for each its value and its ms to live, or nil and -2.
constexpr std::string_view describe = R"(
local found = {}
for _, key in ipairs(KEYS) do
  found[#found + 1] = redis.pcall('GET', key)
  found[#found + 1] = redis.call('PTTL', key)
end
return found
)";

// KEYS: token, any lock, for a cluster's node to refuse them when they are not in one slot. ARGV: highest token that
// the client has seen. Always writes, to find out whether Redis can.
constexpr std::string_view keep_token = R"(
local last = tonumber(redis.call('GET', KEYS[1]) or 0) or 0
redis.call('SET', KEYS[1], string.format('%.0f', math.max(last, ARGV[1])))
return redis.status_reply('OK')
)";

constexpr std::array<std::string_view, script_count> sources{acquire, release, renew, describe, keep_token};

Command evaluation(std::string_view command_name, std::string_view script, std::vector<std::string> keys,
                   std::vector<std::string> arguments) {
  Command command;
  command.reserve(3 + keys.size() + arguments.size());
  command.emplace_back(command_name);
  command.emplace_back(script);
  command.push_back(std::to_string(keys.size()));
  std::move(keys.begin(), keys.end(), std::back_inserter(command));
  std::move(arguments.begin(), arguments.end(), std::back_inserter(command));
  return command;
}

}  // namespace

std::string source_of(LockScript script) {
  return std::string(sources[static_cast<std::size_t>(script)]);
}

void LockScripts::load() {
  for (std::size_t i = 0; i < script_count; ++i)
    session_.send({"SCRIPT", "LOAD", std::string(sources[i])}, [this, i](const redisReply* reply) {
      if (reply && !is_error(*reply)) names_[i] = text(*reply);
    });
}

void LockScripts::run(LockScript script, std::vector<std::string> keys, std::vector<std::string> arguments,
                      OnReply on_reply) {
  const auto index = static_cast<std::size_t>(script);
  if (names_[index].empty()) {
    session_.send(evaluation("EVAL", sources[index], std::move(keys), std::move(arguments)), std::move(on_reply));
    return;
  }
  const auto command =
      std::make_shared<Command>(evaluation("EVALSHA", names_[index], std::move(keys), std::move(arguments)));
  session_.send(*command, [this, index, command, on_reply = std::move(on_reply)](const redisReply* reply) {
    if (!reply || error_code(*reply) != "NOSCRIPT") return on_reply(reply);
    (*command)[0] = "EVAL";
    (*command)[1] = sources[index];
    session_.send(*command, on_reply);
  });
}

}  // namespace sagactl::redis
