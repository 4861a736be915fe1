// `sagactl dead-letter`: lists, redelivers and discards messages that consumers could not process.
#include <algorithm>
#include <memory>
#include <ostream>

#include "analysis/readable.hpp"
#include "cli/commands/confirm.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/flag.hpp"
#include "cli/output/table.hpp"
#include "common/text/text.hpp"
#include "server/adapters/kafka/client/dead_letter.hpp"

namespace sagactl {
namespace {

using kafka::DeadLetter;

constexpr std::size_t dead_letters_max = 10'000;
constexpr std::size_t sample_size = 5;
constexpr std::size_t shown_bytes_max = 60;  // of a value, in a table

struct DeadLetterFlags {
  KafkaFlags kafka;
  std::string topic = "payment-commands";
  std::vector<std::string> ids;
  bool all = false;
  ConfirmFlags confirm;
};

// What can be done to dead letters.
struct DeadLetterAction {
  const char* verb;  // "redeliver"
  const char* done;  // "delivered": names the number of successes in the JSON result
  decltype(&kafka::redeliver) run;
};
constexpr DeadLetterAction redeliver_action{"redeliver", "delivered", kafka::redeliver};
constexpr DeadLetterAction discard_action{"discard", "discarded", kafka::discard};

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

std::string shortened_value(const DeadLetter& letter) {
  const std::string value = letter.message.value.value_or("");
  return value.size() <= shown_bytes_max || !is_utf8(value) ? value : value.substr(0, shown_bytes_max) + "...";
}

void print_table(const Invocation& invocation, const std::vector<DeadLetter>& letters, std::size_t count) {
  Table table(
      {{"ID", Fit::whole, needed}, {"SOURCE"}, {"SINCE", Fit::time}, {"REASON", Fit::text, needed}, {"MESSAGE"}});
  for (std::size_t i = 0; i < std::min(count, letters.size()); ++i)
    table.row({letters[i].id(), letters[i].topic + " " + letters[i].partition + ":" + letters[i].offset, letters[i].at,
               letters[i].reason, shortened_value(letters[i])});
  table.print(invocation.terminal.out, invocation.terminal.table_width());
}

Result<std::vector<DeadLetter>> read_letters(const Invocation& invocation, const DeadLetterFlags& flags) {
  if (flags.kafka.brokers.empty()) return no_brokers();
  const auto kafka = kafka_of_flags(invocation.environment, flags.kafka);
  if (!kafka) return kafka.error();
  return kafka::list_dead_letters(*kafka, flags.topic, dead_letters_max, invocation.settings.timeout);
}

Result<ExitCode> run_list(Invocation& invocation, const DeadLetterFlags& flags) {
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

// Those with the given ids, or all.
Result<std::vector<DeadLetter>> selected(std::vector<DeadLetter> letters, const DeadLetterFlags& flags) {
  if (flags.all) return letters;
  std::vector<DeadLetter> some;
  for (const std::string& id : flags.ids) {
    const auto found =
        std::find_if(letters.begin(), letters.end(), [&](const DeadLetter& letter) { return letter.id() == id; });
    if (found == letters.end())
      return Error{ErrorCode::not_found, "no dead letter of " + flags.topic + " has the id " + id +
                                             "; `sagactl dead-letter list` shows the ids"};
    some.push_back(*found);
  }
  return some;
}

Result<ExitCode> apply(Invocation& invocation, const DeadLetterAction& action, const DeadLetterFlags& flags,
                       const std::vector<DeadLetter>& letters) {
  Json results = Json::array();
  std::size_t count = 0;
  const auto kafka = kafka_of_flags(invocation.environment, flags.kafka);
  if (!kafka) return kafka.error();
  const auto done =
      action.run(*kafka, letters, invocation.settings.timeout, [&](const DeadLetter& letter, const Result<void>& sent) {
        count += sent.ok();
        results.push_back(Json{{"id", letter.id()},
                               {"ok", sent.ok()},
                               {"error", sent ? Json(nullptr) : error_json(sent.error())["error"]}});
      });
  if (!done && results.empty()) return done.error();
  if (invocation.wants_json())
    invocation.print(Json{{"topic", flags.topic},
                          {action.done, count},
                          {"notTried", letters.size() - results.size()},
                          {"results", results}},
                     "results");
  invocation.info(std::to_string(count) + " of " + std::to_string(letters.size()) + " dead letters of " + flags.topic +
                  " " + action.done);
  return count == letters.size() ? ExitCode::done : ExitCode::refused;
}

Result<ExitCode> run_action(Invocation& invocation, const DeadLetterAction& action, const DeadLetterFlags& flags) {
  if (flags.all != flags.ids.empty())
    return Error{ErrorCode::invalid, std::string(action.verb) + " needs the ids of dead letters, or --all"};
  auto waiting = read_letters(invocation, flags);
  if (!waiting) return waiting.error();
  const auto letters = selected(std::move(waiting).value(), flags);
  if (!letters) return letters.error();
  if (flags.confirm.dry_run || letters->empty()) {
    if (invocation.wants_json())
      invocation.print(
          Json{{"dryRun", flags.confirm.dry_run}, {"count", letters->size()}, {"deadLetters", to_json(*letters)}},
          "deadLetters");
    else if (!letters->empty())
      print_table(invocation, *letters, letters->size());
    invocation.info(letters->empty() ? "no dead letters of " + flags.topic
                                     : std::string("dry run: would ") + action.verb + " " +
                                           count_of(letters->size(), "dead letter") + " of " + flags.topic);
    return ExitCode::done;
  }
  if (flags.all) {
    const std::string what = action.verb + (" " + count_of(letters->size(), "dead letter")) + " of " + flags.topic;
    const auto show_sample = [&] {
      if (!flags.confirm.yes && !invocation.wants_json()) print_table(invocation, *letters, sample_size);
    };
    const auto confirmed = confirm(invocation, what, "", flags.confirm.yes, show_sample);
    if (!confirmed) return confirmed.error();
    if (!*confirmed) return Error{ErrorCode::conflict, "cancelled: nothing was done"};
  }
  return apply(invocation, action, flags, *letters);
}

std::shared_ptr<DeadLetterFlags> add_common(CLI::App& app, Commands& commands) {
  const auto flags = std::make_shared<DeadLetterFlags>();
  add_kafka_flags(app, commands, flags->kafka);
  add_text(app, "--topic", flags->topic, "TOPIC", "Topic whose dead letters to use [payment-commands]");
  return flags;
}

void add_action(CLI::App& group, Commands& commands, const DeadLetterAction& action, const char* help) {
  CLI::App* app = add_command(group, action.verb, help);
  const auto flags = add_common(*app, commands);
  add_text(*app, "ids", flags->ids, "PARTITION:OFFSET", "Ids as shown by `dead-letter list`");
  add_switch(*app, "--all", flags->all, "All dead letters of the topic");
  add_confirm_flags(*app, flags->confirm);
  commands.add(app, [flags, &action](Invocation& invocation) { return run_action(invocation, action, *flags); });
}

}  // namespace

void add_dead_letter(CLI::App& root, Commands& commands) {
  CLI::App* app = add_command_group(
      root, "dead-letter", "List, redeliver and discard messages that consumers could not process", operations_group);
  CLI::App* list = add_command(*app, "list", "List the dead letters of a topic");
  const auto list_flags = add_common(*list, commands);
  commands.add(list, [list_flags](Invocation& invocation) { return run_list(invocation, *list_flags); });
  add_action(*app, commands, redeliver_action, "Send dead letters to their topic again");
  add_action(*app, commands, discard_action, "Discard dead letters: they are no longer listed and never delivered");
}

}  // namespace sagactl
