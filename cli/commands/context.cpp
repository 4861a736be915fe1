// `sagactl context`: named sets of settings, such as one per cluster.
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/configuration/contexts.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/dependencies/redis.hpp"
#include "cli/flag.hpp"
#include "cli/invocation.hpp"
#include "cli/output/table.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// Read by values_given() as they were typed.
struct ServiceFlags {
  RedisFlags redis;
  KafkaFlags kafka;
};

struct ContextFlags {
  std::string name;
  ServiceFlags services;
};

Json context_json(const Contexts& contexts, const std::string& name) {
  Json json = {{"name", name}, {"current", name == contexts.current}};
  for (const auto& [key, value] : contexts.by_name.at(name))
    json[key] = key == "token" ? "(kept)" : without_secrets(std::string_view(value));
  return json;
}

Error no_such_context(const Contexts& contexts, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, values] : contexts.by_name) names.push_back(known);
  const std::string near = nearest(name, names);
  Error error{ErrorCode::not_found, "there is no context '" + name + "'"};
  return with_hint(std::move(error),
                   near.empty() ? "`sagactl context list` shows the contexts" : "did you mean '" + near + "'?");
}

// Even when the file cannot be parsed: these commands repair it.
Contexts load_contexts(const Invocation& invocation) {
  return Contexts::load_or_empty(invocation.environment.config_directory());
}

Result<void> save_contexts(const Invocation& invocation, const Contexts& contexts) {
  const auto directory = invocation.environment.config_directory();
  auto saved = contexts.save(directory);
  if (saved && contexts.was_unreadable)
    invocation.info("sagactl: the file could not be parsed; it was kept as " +
                    (directory / "contexts.json.broken").string());
  return saved;
}

Result<ExitCode> list_contexts(Invocation& invocation) {
  const Contexts loaded = load_contexts(invocation);
  const Contexts* contexts = &loaded;
  Json list = Json::array();
  Table table({{"", Fit::whole, needed}, {"NAME", Fit::text, needed}, {"URL"}, {"DATABASE"}});
  for (const auto& [name, values] : contexts->by_name) {
    list.push_back(context_json(*contexts, name));
    const auto value = [&values = values](const char* key) {
      return values.contains(key) ? without_secrets(std::string_view(values.at(key))) : "-";
    };
    table.row({name == contexts->current ? "*" : " ", name, value("url"), value("database")});
  }
  if (invocation.wants_json())
    invocation.print(Json{{"current", contexts->current}, {"contexts", list}}, "contexts");
  else if (table.empty())
    invocation.info("no contexts; create one with `sagactl context set CONTEXT --url URL`");
  else
    table.print(invocation.terminal.out, invocation.terminal.table_width());
  return ExitCode::done;
}

// The flags for a context that the command line gave, not the environment or a file.
Context values_given(const CLI::App& root, const CLI::App& set) {
  Context values;
  for (const std::string key : {"url", "token", "database", "data", "ca-file", "cert", "cert-key", "proxy"})
    if (const auto given = values_of(root, "--" + key); !given.empty()) values[key] = join(given, ",");
  for (const std::string key :
       {"redis", "redis-ca", "redis-cert", "redis-key", "kafka", "kafka-tls", "kafka-ca", "kafka-cert", "kafka-key",
        "kafka-sasl", "kafka-user", "kafka-password-file", "kafka-token-file"})
    if (const auto given = values_of(set, "--" + key); !given.empty()) values[key] = join(given, ",");
  return values;
}

// Those of `serve` and `doctor`, of which a context holds no secret but what stands in the URL of a Redis.
void add_service_flags(CLI::App& set, Commands& commands, ServiceFlags& services) {
  add_text(set, "--redis", services.redis.url, "URL", "Redis for the locks");
  add_redis_security_flags(set, commands, services.redis);
  add_text(set, "--kafka", services.kafka.brokers, "HOST:PORT,...", "Kafka brokers for the messages");
  add_kafka_security_flags(set, commands, services.kafka);
}

Result<ExitCode> set_context(Invocation& invocation, const Context& given, const ContextFlags& flags) {
  const auto lock = Contexts::lock(invocation.environment.config_directory());
  if (!lock) return report_not_saved(invocation, lock.error());
  Contexts contexts = load_contexts(invocation);
  if (given.empty())
    return Error{
        ErrorCode::invalid,
        "pass at least one of --url, --token, --database, --data, --redis and --kafka to store in the context"};
  Context& context = contexts.by_name[flags.name];
  for (const auto& [key, value] : given) context[key] = value;
  if (contexts.current.empty()) contexts.current = flags.name;
  if (auto saved = save_contexts(invocation, contexts); !saved) return report_not_saved(invocation, saved.error());
  if (invocation.wants_json())
    invocation.print(context_json(contexts, flags.name));
  else
    invocation.info("context " + flags.name + " stored" +
                    (contexts.current == flags.name ? "; it is the current context" : ""));
  return ExitCode::done;
}

Result<ExitCode> use_context(Invocation& invocation, const ContextFlags& flags) {
  const auto lock = Contexts::lock(invocation.environment.config_directory());
  if (!lock) return report_not_saved(invocation, lock.error());
  Contexts contexts = load_contexts(invocation);
  if (!contexts.find(flags.name)) return no_such_context(contexts, flags.name);
  contexts.current = flags.name;
  if (auto saved = save_contexts(invocation, contexts); !saved) return report_not_saved(invocation, saved.error());
  if (invocation.wants_json())
    invocation.print(context_json(contexts, flags.name));
  else
    invocation.info("context " + flags.name + " is now current");
  return ExitCode::done;
}

Result<ExitCode> remove_context(Invocation& invocation, const ContextFlags& flags) {
  const auto lock = Contexts::lock(invocation.environment.config_directory());
  if (!lock) return report_not_saved(invocation, lock.error());
  Contexts contexts = load_contexts(invocation);
  if (!contexts.find(flags.name)) return no_such_context(contexts, flags.name);
  contexts.by_name.erase(flags.name);
  if (contexts.current == flags.name) contexts.current.clear();
  if (auto saved = save_contexts(invocation, contexts); !saved) return report_not_saved(invocation, saved.error());
  if (invocation.wants_json())
    invocation.print(Json{{"name", flags.name}, {"removed", true}});
  else
    invocation.info("context " + flags.name + " removed");
  return ExitCode::done;
}

}  // namespace

void add_context(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<ContextFlags>();
  CLI::App* app =
      add_command_group(root, "context", "Manage named sets of --url, --database, --kafka and others", setup_group);
  CLI::App* list = add_command(*app, "list", "List contexts");
  commands.add(list, list_contexts);

  CLI::App* set =
      add_command(*app, "set", "Store --url, --token, --database, --data and the flags below, as far as given");
  add_text(*set, "name", flags->name, "CONTEXT", "Name of the context").required();
  // Read right after parsing, before the environment and the files supply missing flags.
  const auto given = std::make_shared<Context>();
  add_service_flags(*set, commands, flags->services);
  when_parsed(*set, [given, &root, set] { *given = values_given(root, *set); });
  set_examples(*set, {"sagactl context set staging --url http://node-1:3000,http://node-2:3000"});
  commands.add(set, [flags, given](Invocation& invocation) { return set_context(invocation, *given, *flags); });

  CLI::App* use = add_command(*app, "use", "Make a context the current one");
  add_text(*use, "name", flags->name, "CONTEXT", "Name of the context").required();
  commands.add(use, [flags](Invocation& invocation) { return use_context(invocation, *flags); });

  CLI::App* remove = add_command(*app, "remove", "Delete a context");
  add_text(*remove, "name", flags->name, "CONTEXT", "Name of the context").required();
  commands.add(remove, [flags](Invocation& invocation) { return remove_context(invocation, *flags); });
  for (const CLI::App* command : {list, set, use, remove}) commands.work_without_settings(command);
}

}  // namespace sagactl
