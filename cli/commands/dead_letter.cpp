// `sagactl dead-letter`: messages that nobody understood, listed and delivered again.
#include <algorithm>
#include <memory>
#include <ostream>

#include "cli/commands/confirm.hpp"
#include "cli/flag.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/output/table.hpp"
#include "common/text/text.hpp"
#include "server/adapters/kafka/client/dead_letter.hpp"

namespace sagactl {
namespace {

using kafka::DeadLetter;

constexpr std::size_t letters_max = 10'000;
constexpr std::size_t sample_size = 5;
constexpr std::size_t shown_bytes_max = 60;  // of a value, in a table

struct LetterFlags {
  KafkaOptions kafka;
  std::string topic = "payment-commands";
  std::vector<std::string> ids;
  bool all = false, yes = false, dry_run = false;
};

// One of the two ways to deal with letters.
struct Dealing {
  const char* verb;   // "redeliver"
  const char* words;  // "deliver again"
  const char* done;   // "delivered": how many were, in the answer
  decltype(&kafka::redeliver) run;
};
constexpr Dealing redelivering{"redeliver", "deliver again", "delivered", kafka::redeliver};
constexpr Dealing discarding{"discard", "discard", "discarded", kafka::discard};

Json to_json(const DeadLetter& letter) {
  return Json{{"id", letter.id()},
              {"topic", letter.topic},
              {"partition", letter.partition},
              {"offset", letter.offset},
              {"reason", letter.reason},
              {"at", letter.at},
              {"key", letter.message.key},
              {"value", letter.message.value ? Json(*letter.message.value) : Json(nullptr)}};
}

Json to_json(const std::vector<DeadLetter>& letters) {
  Json list = Json::array();
  for (const DeadLetter& letter : letters) list.push_back(to_json(letter));
  return list;
}

std::string beginning(const DeadLetter& letter) {
  const std::string value = letter.message.value.value_or("");
  return value.size() <= shown_bytes_max || !is_utf8(value) ? value : value.substr(0, shown_bytes_max) + "...";
}

void print_table(const Invocation& invocation, const std::vector<DeadLetter>& letters, std::size_t count) {
  Table table({{"ID"}, {"FROM"}, {"SINCE"}, {"REASON"}, {"MESSAGE"}});
  for (std::size_t i = 0; i < std::min(count, letters.size()); ++i)
    table.row({letters[i].id(), letters[i].topic + " " + letters[i].partition + ":" + letters[i].offset,
               letters[i].at, letters[i].reason, beginning(letters[i])});
  table.print(invocation.terminal.out);
}

Result<std::vector<DeadLetter>> read_letters(const Invocation& invocation, const LetterFlags& flags) {
  if (flags.kafka.brokers.empty())
    return Error{ErrorCode::invalid, "where is Kafka? Say it with --kafka host:port, or KAFKA_BROKER"};
  return kafka::list_dead_letters(flags.kafka, flags.topic, letters_max, invocation.settings.timeout);
}

Result<ExitCode> run_list(Invocation& invocation, const LetterFlags& flags) {
  const auto letters = read_letters(invocation, flags);
  if (!letters) return letters.error();
  if (invocation.wants_json())
    invocation.print(Json{{"topic", flags.topic}, {"count", letters->size()}, {"deadLetters", to_json(*letters)}},
                     "deadLetters");
  else if (letters->empty())
    invocation.info("no dead letters of " + flags.topic);
  else
    print_table(invocation, *letters, letters->size());
  return ExitCode::done;
}

// Those that the ids name, or all.
Result<std::vector<DeadLetter>> chosen(std::vector<DeadLetter> letters, const LetterFlags& flags) {
  if (flags.all) return letters;
  std::vector<DeadLetter> some;
  for (const std::string& id : flags.ids) {
    const auto found =
        std::find_if(letters.begin(), letters.end(), [&](const DeadLetter& letter) { return letter.id() == id; });
    if (found == letters.end())
      return Error{ErrorCode::not_found, "no dead letter of " + flags.topic + " waits as " + id +
                                             "; `sagactl dead-letter list` shows those that do"};
    some.push_back(*found);
  }
  return some;
}

// One: it is just done. Many: when somebody agrees.
Result<bool> agreed(const Invocation& invocation, const Dealing& dealing, const LetterFlags& flags,
                    const std::vector<DeadLetter>& letters) {
  if (!flags.all || flags.yes) return true;
  const std::string what =
      std::string(dealing.words) + " " + std::to_string(letters.size()) + " dead letters of " + flags.topic;
  if (!can_ask(invocation.terminal))
    return Error{ErrorCode::invalid, "would " + what + "; there is nobody to ask, so say --yes"};
  if (!invocation.wants_json()) print_table(invocation, letters, sample_size);
  return ask_yes_or_no(invocation.terminal, what + "?");
}

Result<ExitCode> deal(Invocation& invocation, const Dealing& dealing, const LetterFlags& flags,
                      const std::vector<DeadLetter>& letters) {
  Json results = Json::array();
  std::size_t count = 0;
  const auto done = dealing.run(
      flags.kafka, letters, invocation.settings.timeout,
      [&](const DeadLetter& letter, const Result<void>& sent) {
        count += sent.ok();
        results.push_back(Json{{"id", letter.id()},
                               {"ok", sent.ok()},
                               {"error", sent ? Json(nullptr) : error_json(sent.error())["error"]}});
      });
  if (!done && results.empty()) return done.error();
  if (invocation.wants_json())
    invocation.print(Json{{"topic", flags.topic},
                          {dealing.done, count},
                          {"notTried", letters.size() - results.size()},
                          {"results", results}},
                     "results");
  invocation.info(std::to_string(count) + " of " + std::to_string(letters.size()) + " dead letters of " +
                 flags.topic + " " + dealing.done);
  return count == letters.size() ? ExitCode::done : ExitCode::refused;
}

Result<ExitCode> run_dealing(Invocation& invocation, const Dealing& dealing, const LetterFlags& flags) {
  if (flags.all != flags.ids.empty())
    return Error{ErrorCode::invalid, std::string(dealing.verb) + " needs the ids of dead letters, or --all"};
  auto waiting = read_letters(invocation, flags);
  if (!waiting) return waiting.error();
  const auto letters = chosen(std::move(waiting).value(), flags);
  if (!letters) return letters.error();
  if (flags.dry_run || letters->empty()) {
    if (invocation.wants_json())
      invocation.print(
          Json{{"dryRun", flags.dry_run}, {"count", letters->size()}, {"deadLetters", to_json(*letters)}},
          "deadLetters");
    else if (!letters->empty())
      print_table(invocation, *letters, letters->size());
    invocation.info(std::string("would ") + dealing.words + " " + std::to_string(letters->size()) +
                   " dead letters; nothing was done");
    return ExitCode::done;
  }
  const auto go = agreed(invocation, dealing, flags, *letters);
  if (!go) return go.error();
  if (!*go) return Error{ErrorCode::conflict, "nothing was done"};
  return deal(invocation, dealing, flags, *letters);
}

std::shared_ptr<LetterFlags> add_common(CLI::App& app, Commands& commands) {
  const auto flags = std::make_shared<LetterFlags>();
  add_kafka_flags(app, commands, flags->kafka.brokers, flags->kafka.client_id);
  add_text(app, "--topic", flags->topic, "TOPIC", "The topic whose dead letters are meant [payment-commands]");
  return flags;
}

void add_dealing(CLI::App& group, Commands& commands, const Dealing& dealing, const char* help) {
  CLI::App* app = add_command(group, dealing.verb, help);
  const auto flags = add_common(*app, commands);
  add_text(*app, "ids", flags->ids, "PARTITION:OFFSET", "Ids, as `dead-letter list` shows them");
  add_switch(*app, "--all", flags->all, "All that wait");
  add_switch(*app, "-y,--yes", flags->yes, "Do not ask");
  add_switch(*app, "--dry-run", flags->dry_run, "Show what would be done, and do nothing");
  commands.add(
      app, [flags, &dealing](Invocation& invocation) { return run_dealing(invocation, dealing, *flags); });
}

}  // namespace

void add_dead_letter(CLI::App& root, Commands& commands) {
  CLI::App* app = add_command_group(root, "dead-letter", "Messages that nobody understood", "Using the nodes");
  CLI::App* list = add_command(*app, "list", "Show those that wait");
  const auto list_flags = add_common(*list, commands);
  commands.add(list, [list_flags](Invocation& invocation) { return run_list(invocation, *list_flags); });
  add_dealing(*app, commands, redelivering, "Send them to their topic again");
  add_dealing(*app, commands, discarding, "Give them up: they are no longer shown, and never delivered");
}

}  // namespace sagactl
