// `sagactl topics`: the topics that nodes need in Kafka: lists, checks and creates them, for clusters in which nodes
// may not create topics themselves.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <set>

#include "cli/commands.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/flag.hpp"
#include "cli/output/table.hpp"
#include "server/adapters/kafka/client/kafka_diagnosis.hpp"
#include "server/adapters/kafka/client/topic_admin.hpp"

namespace sagactl {
namespace {

constexpr int partitions_max = 10'000;
constexpr int replicas_max = 100;
constexpr int settings_max = 32;

struct TopicsFlags {
  KafkaFlags kafka;
  ServeRole role = ServeRole::node;
  PaymentProvider payment = PaymentProvider::simulated;
  bool every_role = false;
  TopicPlan plan;
  bool dry_run = false;
};

std::vector<std::string> topic_names(const Invocation& invocation, const TopicsFlags& flags) {
  const KafkaOptions options;
  if (!flags.every_role) return topics_of(kafka_use_of(invocation, flags.role, flags.payment), options);
  std::set<std::string> names;
  const auto add = [&](const KafkaUse& use) {
    for (std::string& name : topics_of(use, options)) names.insert(std::move(name));
  };
  add({.asks_for_payments = true});
  add({.publishes_events = false, .carries_out_payments = true});
  for (const Service service : {Service::order, Service::payment, Service::inventory, Service::orchestrator})
    add({.service = service});
  return {names.begin(), names.end()};
}

// What keeps nodes from using a topic; empty: nothing.
std::string topic_problem(const KafkaDiagnosis::Topic& topic) {
  if (topic.partitions == 0) return "is missing, or hidden from this client";
  if (!topic.unfit.empty()) return topic.unfit;
  return topic.writes_refused.empty() ? "" : "accepts no messages: " + topic.writes_refused;
}

std::string settings_text(const std::map<std::string, std::string>& settings) {
  std::string text;
  for (const auto& [name, value] : settings) {
    if (!text.empty()) text += ' ';
    text += name;
    text += '=';
    text += value;
  }
  return text;
}

void print_names(const Invocation& invocation, const std::vector<std::string>& names, int partitions) {
  if (invocation.wants_json()) {
    Json list = Json::array();
    for (const std::string& name : names) list.push_back(Json{{"name", name}, {"wantedPartitions", partitions}});
    return invocation.print(Json{{"topics", list}}, "topics");
  }
  Table table({{"TOPIC", Fit::whole, needed}, {"WANTED PARTITIONS", Fit::whole, needed}});
  for (const std::string& name : names) table.row({name, std::to_string(partitions)});
  table.print(invocation.terminal.out, invocation.terminal.table_width());
}

void print_state(const Invocation& invocation, const std::vector<KafkaDiagnosis::Topic>& topics) {
  if (invocation.wants_json()) {
    Json list = Json::array();
    for (const KafkaDiagnosis::Topic& topic : topics) {
      Json settings = Json::object();
      for (const auto& [name, value] : topic.settings) settings[name] = value;
      list.push_back(Json{{"name", topic.name},
                          {"exists", topic.partitions > 0},
                          {"partitions", topic.partitions},
                          {"replicas", topic.replicas},
                          {"settings", settings},
                          {"problem", topic_problem(topic)}});
    }
    return invocation.print(Json{{"topics", list}}, "topics");
  }
  Table table({{"TOPIC", Fit::whole, needed},
               {"PARTITIONS", Fit::whole, needed},
               {"REPLICAS", Fit::whole},
               {"PROBLEM", Fit::text, needed},
               {"SETTINGS", Fit::text}});
  for (const KafkaDiagnosis::Topic& topic : topics) {
    const std::string problem = topic_problem(topic);
    table.row({topic.name, topic.partitions > 0 ? std::to_string(topic.partitions) : "-",
               topic.replicas > 0 ? std::to_string(topic.replicas) : "-", problem.empty() ? "-" : problem,
               settings_text(topic.settings)});
  }
  table.print(invocation.terminal.out, invocation.terminal.table_width());
}

Result<std::vector<KafkaDiagnosis::Topic>> topics_state(const Invocation& invocation, const TopicsFlags& flags) {
  if (flags.kafka.brokers.empty()) return no_brokers();
  const auto options = kafka_of_flags(invocation.environment, flags.kafka);
  if (!options) return options.error();
  auto found = diagnose_kafka(*options, topic_names(invocation, flags), invocation.settings.timeout);
  if (!found) return found.error();
  return std::move(found->topics);
}

Result<ExitCode> run_list(const Invocation& invocation, const TopicsFlags& flags) {
  if (flags.kafka.brokers.empty()) {
    print_names(invocation, topic_names(invocation, flags), flags.plan.partitions);
    return ExitCode::done;
  }
  const auto topics = topics_state(invocation, flags);
  if (!topics) return topics.error();
  print_state(invocation, *topics);
  return ExitCode::done;
}

Result<ExitCode> run_check(const Invocation& invocation, const TopicsFlags& flags) {
  const auto topics = topics_state(invocation, flags);
  if (!topics) return topics.error();
  std::vector<KafkaDiagnosis::Topic> wrong;
  std::copy_if(topics->begin(), topics->end(), std::back_inserter(wrong),
               [](const auto& topic) { return !topic_problem(topic).empty(); });
  if (invocation.wants_json() || !wrong.empty()) print_state(invocation, wrong);
  invocation.info(wrong.empty() ? fmt::format("all {} topics are there and accept messages", topics->size())
                                : fmt::format("{} of {} topics are missing or unfit; `sagactl topics create` creates "
                                              "the missing ones",
                                              wrong.size(), topics->size()));
  return wrong.empty() ? ExitCode::done : ExitCode::refused;
}

Result<ExitCode> run_create(const Invocation& invocation, const TopicsFlags& flags) {
  const auto topics = topics_state(invocation, flags);
  if (!topics) return topics.error();
  std::vector<std::string> missing;
  for (const KafkaDiagnosis::Topic& topic : *topics)
    if (topic.partitions == 0) missing.push_back(topic.name);
  std::map<std::string, Error> refused;
  if (!flags.dry_run && !missing.empty()) {
    const auto options = kafka_of_flags(invocation.environment, flags.kafka);
    if (!options) return options.error();
    auto created = create_topics(*options, missing, flags.plan, invocation.settings.timeout);
    if (!created) return created.error();
    refused = std::move(created).value();
  }
  const std::string done = flags.dry_run ? "would be created" : "created";
  if (invocation.wants_json()) {
    Json list = Json::array();
    for (const std::string& name : missing) {
      const auto why = refused.find(name);
      const bool is_created = why == refused.end() && !flags.dry_run;
      list.push_back(Json{{"name", name},
                          {"created", is_created},
                          {"error", why == refused.end() ? Json(nullptr) : Json(why->second.message)}});
    }
    invocation.print(Json{{"dryRun", flags.dry_run}, {"topics", list}}, "topics");
  } else {
    for (const std::string& name : missing) {
      const auto why = refused.find(name);
      invocation.terminal.out << name << ": " << (why == refused.end() ? done : why->second.message) << '\n';
    }
  }
  invocation.info(fmt::format("{} of {} topics {}; {} were there", missing.size() - refused.size(), topics->size(),
                              done, topics->size() - missing.size()));
  return refused.empty() ? ExitCode::done : ExitCode::refused;
}

Result<void> parse_setting(const std::string& text, TopicPlan& plan) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
    return Error{ErrorCode::invalid, "'" + text + "' is not a setting of a topic, such as retention.ms=604800000"};
  plan.settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  return {};
}

std::shared_ptr<TopicsFlags> add_topics_flags(CLI::App& app, Commands& commands) {
  const auto flags = std::make_shared<TopicsFlags>();
  add_kafka_flags(app, commands, flags->kafka);
  commands.add_variables(
      add_choice(app, "--role", flags->role, "Role whose topics to list, check or create, as for serve [node]"),
      {"SAGACTL_SERVE_ROLE"});
  commands.add_variables(add_choice(app, "--payment", flags->payment, "Payment provider, as for serve [simulated]"),
                         {"SAGACTL_SERVE_PAYMENT"});
  add_switch(app, "--every-role", flags->every_role, "The topics of all roles and payment providers");
  return flags;
}

}  // namespace

void add_topics(CLI::App& root, Commands& commands) {
  CLI::App* app =
      add_command_group(root, "topics", "List, check and create the topics that nodes need in Kafka", server_group);
  CLI::App* list = add_command(*app, "list", "List the topics of a role; with --kafka, what they are like");
  const auto of_list = add_topics_flags(*list, commands);
  set_examples(*list, {"sagactl topics list --every-role"});
  commands.add(list, [of_list](Invocation& invocation) { return run_list(invocation, *of_list); });

  CLI::App* check = add_command(*app, "check", "Check that the topics of a role exist and are fit");
  const auto of_check = add_topics_flags(*check, commands);
  set_footer(*check, "Exit codes: 0 all are fit, 1 some are missing or unfit.");
  commands.add(check, [of_check](Invocation& invocation) { return run_check(invocation, *of_check); });

  CLI::App* create = add_command(*app, "create", "Create the topics of a role that are missing");
  const auto of_create = add_topics_flags(*create, commands);
  add_number(*create, "--partitions", of_create->plan.partitions, 1, partitions_max, "Partitions of each topic [6]");
  add_number(*create, "--replicas", of_create->plan.replicas, 1, replicas_max,
             "Replicas of each partition [the brokers' default]");
  const auto take_setting = [of_create](const std::string& text) { return parse_setting(text, of_create->plan); };
  add_flag_with(*create, "--setting", take_setting, "NAME=VALUE", "Setting of each topic, such as retention.ms")
      .repeatable(settings_max);
  add_switch(*create, "--dry-run", of_create->dry_run, "Only show what would be created");
  commands.add(create, [of_create](Invocation& invocation) { return run_create(invocation, *of_create); });
}

}  // namespace sagactl
