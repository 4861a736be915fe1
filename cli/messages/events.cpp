// `sagactl events`: the contract of the events that nodes publish, and events that are published again.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "analysis/readable.hpp"
#include "cli/commands.hpp"
#include "cli/commands/confirm.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/flag.hpp"
#include "cli/messages/event_replay.hpp"
#include "cli/messages/event_schema.hpp"
#include "cli/messages/paced_sender.hpp"
#include "cli/output/table.hpp"

namespace sagactl {
namespace {

constexpr double rate_default = 1000;
constexpr int ids_max = 1000;

struct ReplayFlags {
  KafkaFlags kafka;
  std::string topic;
  std::string since, until;
  ReplaySelection selection;
  double rate = rate_default;
  bool all = false;
  ConfirmFlags confirm;
};

Result<ExitCode> run_schema(Invocation& invocation, const std::string& name) {
  if (name.empty()) {
    invocation.terminal.out << events_document() << std::flush;
    return ExitCode::done;
  }
  const auto schema = event_schema(name);
  if (!schema) return schema.error();
  invocation.terminal.out << schema->dump(2) << '\n' << std::flush;
  return ExitCode::done;
}

// Nodes and services act on messages in their own topics.
Result<void> check_topic(const std::string& topic) {
  std::vector<KafkaUse> uses = {{.asks_for_payments = true}, {.publishes_events = false, .carries_out_payments = true}};
  for (const Service service : {Service::order, Service::payment, Service::inventory, Service::orchestrator})
    uses.push_back({.service = service});
  for (const KafkaUse& use : uses) {
    const std::vector<std::string> own = topics_of(use, KafkaOptions{});
    if (std::find(own.begin(), own.end(), topic) != own.end())
      return Error{
          ErrorCode::invalid,
          fmt::format("--topic: nodes and services use {0}; name a topic of your own, such as {0}.replay", topic)};
  }
  return {};
}

Result<ReplaySelection> selection_of(const ReplayFlags& flags, Timestamp now) {
  if (flags.selection.ids.empty() && flags.since.empty() && flags.until.empty() && !flags.all)
    return Error{ErrorCode::invalid, "events replay needs ids of sagas, --since, --until, or --all"};
  ReplaySelection selection = flags.selection;
  for (const auto& [flag, text, time] :
       {std::tuple{"--since", flags.since, &selection.since}, std::tuple{"--until", flags.until, &selection.until}}) {
    const auto when = parse_when(flag, text, now);
    if (!when) return when.error();
    *time = *when;
  }
  return selection;
}

std::string count_text(const ReplayCount& count) {
  return fmt::format("{} of {}", count_of(static_cast<std::size_t>(count.events), "event"),
                     count_of(static_cast<std::size_t>(count.flows), "saga"));
}

Json to_json(const ReplayCount& count, const std::string& topic, std::int64_t published, bool dry_run) {
  return Json{{"topic", topic},           {"events", count.events}, {"sagas", count.flows}, {"byType", count.by_type},
              {"missing", count.missing}, {"published", published}, {"dryRun", dry_run}};
}

void print_types(const Invocation& invocation, const ReplayCount& count) {
  if (invocation.wants_json()) return;
  Table table({{"EVENT", Fit::whole, needed}, {"NUMBER", Fit::whole, needed}});
  for (const auto& [type, number] : count.by_type) table.row({type, std::to_string(number)});
  if (!table.empty()) table.print(invocation.terminal.out, invocation.terminal.table_width());
}

Result<std::unique_ptr<kafka::Producer>> open_producer(const Invocation& invocation, const ReplayFlags& flags) {
  const auto options = kafka_of_flags(invocation.environment, flags.kafka);
  if (!options) return options.error();
  kafka::ProducerOptions producer{.kafka = *options, .topics = {flags.topic}};
  producer.delivery_time = invocation.settings.timeout;
  producer.linger = Duration{0};
  return kafka::Producer::open(std::move(producer));
}

Result<ExitCode> publish(Invocation& invocation, const ReplayFlags& flags, const ReplaySelection& selection,
                         const ReplayCount& count, History& history) {
  auto producer = open_producer(invocation, flags);
  if (!producer) return producer.error();
  const std::stop_token stop = invocation.interrupt.take_over();
  kafka::PacedSender sender(**producer, flags.rate, stop);
  const auto read = each_replayed(history, selection, flags.topic, history.taken_at(),
                                  [&](const std::vector<kafka::Outgoing>& messages) { return sender.send(messages); });
  if (invocation.wants_json()) invocation.print(to_json(count, flags.topic, sender.sent(), false));
  invocation.info(fmt::format("published {} of {} again to {}", sender.sent(),
                              count_of(static_cast<std::size_t>(count.events), "event"), flags.topic));
  if (!read) return read.error();
  if (!sender.result()) return sender.result().error();
  return stop.stop_requested() ? ExitCode::interrupted : ExitCode::done;
}

Result<ExitCode> run_replay(Invocation& invocation, const ReplayFlags& flags) {
  if (const auto fit = check_topic(flags.topic); !fit) return fit.error();
  if (flags.kafka.brokers.empty() && !flags.confirm.dry_run) return no_brokers();
  const auto database = open_snapshot(invocation);
  if (!database) return database.error();
  const auto selection = selection_of(flags, database->history->taken_at());
  if (!selection) return selection.error();
  const auto count = count_replay(*database->history, *selection);
  if (!count) return count.error();
  if (!count->unknown_ids.empty())
    return Error{ErrorCode::not_found,
                 fmt::format("{} has no events that are selected of {}", database->shown, *count->unknown_ids.begin())};
  if (count->missing > 0)
    invocation.info(fmt::format("sagactl: {} of these sagas are no longer in the database, and cannot be published",
                                count_of(static_cast<std::size_t>(count->missing), "event")));
  const std::string what = fmt::format("publish {} again to {}", count_text(*count), flags.topic);
  if (flags.confirm.dry_run || count->events == 0) {
    print_types(invocation, *count);
    if (invocation.wants_json()) invocation.print(to_json(*count, flags.topic, 0, flags.confirm.dry_run));
    invocation.info(count->events == 0 ? "no events are selected" : "dry run: would " + what);
    return ExitCode::done;
  }
  const auto confirmed = confirm(invocation, what, "", flags.confirm.yes, [&] { print_types(invocation, *count); });
  if (!confirmed) return confirmed.error();
  if (!*confirmed) return Error{ErrorCode::conflict, "cancelled: nothing was published"};
  return publish(invocation, flags, *selection, *count, *database->history);
}

void add_schema(CLI::App& group, Commands& commands) {
  const auto name = std::make_shared<std::string>();
  CLI::App* app = add_command(group, "schema", "Print the AsyncAPI document of all events, or the JSON Schema of one");
  add_text(*app, "event", *name, "EVENT", "Event whose schema to print, such as OrderCreated [the whole document]");
  set_examples(*app, {"sagactl events schema OrderCreated"});
  commands.add(app, [name](Invocation& invocation) { return run_schema(invocation, *name); });
  commands.work_without_settings(app, true);
}

void add_replay(CLI::App& group, Commands& commands) {
  const auto flags = std::make_shared<ReplayFlags>();
  CLI::App* app = add_command(group, "replay", "Publish events of the database again, to a topic of your own");
  add_kafka_flags(*app, commands, flags->kafka);
  add_text(*app, "ids", flags->selection.ids, "ID", "Sagas or orders whose events to publish: ids or correlation ids")
      .takes(0, ids_max);
  add_text(*app, "--topic", flags->topic, "TOPIC", "Topic to publish to; created when it is missing").required();
  add_text(*app, "--since", flags->since, "TIME|DURATION", "Only events since this time, or of the last DURATION");
  add_text(*app, "--until", flags->until, "TIME|DURATION", "Only events before this time, or more than DURATION ago");
  const auto take_type = [flags](const std::string& text) -> Result<void> {
    const auto type = from_string<EventType>(text);
    if (!type) return not_one_of(text, event_names());
    flags->selection.types.insert(*type);
    return {};
  };
  add_flag_with(*app, "--event", take_type, "EVENT", "Only this event, such as SagaCompleted; may be repeated")
      .repeatable(static_cast<int>(event_names().size()));
  add_switch(*app, "--all", flags->all, "All events of the database");
  add_rate(*app, "--rate", flags->rate, "Maximum number of events per second [1000]");
  add_confirm_flags(*app, flags->confirm);
  set_footer(*app, "Messages are as they were, with the header replayed-at in addition.");
  set_examples(*app, {"sagactl events replay --topic sagas.replay --since 2h --dry-run"});
  commands.add(app, [flags](Invocation& invocation) { return run_replay(invocation, *flags); });
}

}  // namespace

void add_events(CLI::App& root, Commands& commands) {
  CLI::App* app =
      add_command_group(root, "events", "Show the schemas of events, and publish events again", operations_group);
  add_schema(*app, commands);
  add_replay(*app, commands);
}

}  // namespace sagactl
