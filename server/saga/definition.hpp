// A saga's definition, as data: its steps, how each is retried and undone, and the pivot after which it only goes
// forward. Four are built in; users publish their own (server/saga/compile_definition.hpp). Terms: docs/terminology.md.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "common/time.hpp"
#include "server/saga/event.hpp"
#include "server/saga/text_template.hpp"

namespace sagactl {

enum class Mode { orchestration, choreography };

template <>
struct Spelling<Mode> {
  static constexpr std::string_view names[] = {"orchestration", "choreography"};
};

// Capped exponential backoff with full jitter: before try n the wait is uniform in [0, min(cap, first * 2^(n-1))]
// (Brooker, "Exponential Backoff And Jitter", 2015). No try starts after `budget` has passed since the first.
struct RetryPolicy {
  Duration first = 100ms;
  Duration cap = 5s;
  Duration budget = 60s;
};

// What a step does.
enum class StepKind : std::uint8_t {
  command,  // a command of a participant on this node, by name: the built-in sagas
  call,     // calls a participant of the user's, over HTTP or by message
  wait,     // waits until a person or a system answers
  sleep,    // waits for a time
};

template <>
struct Spelling<StepKind> {
  static constexpr std::string_view names[] = {"command", "call", "wait", "sleep"};
};

// One request to a participant, or one message (then `method` and `url` are empty).
struct RequestTemplate {
  std::string method;
  TextTemplate url;
  TextTemplate body;    // empty: no body
  std::string command;  // of a message
};

// Of a participant that shows what is in effect: `count` is the JSON pointer to a number in the answer.
struct EffectProbe {
  RequestTemplate request;
  std::string count;
};

// A participant of a user's saga: a web server, or a Kafka topic.
struct ParticipantDefinition {
  std::string name;
  std::string url;    // "http://hotel:8080"; empty: asked by message
  std::string topic;  // of its commands; empty: called over HTTP
  Duration timeout = 5s;
  std::size_t concurrency = 64;  // calls of one node at once
  RetryPolicy retry = {.first = 100ms, .cap = 10s, .budget = 5min};
  // Names of files on the node: certificate authorities, the client's certificate and its key, and the secret by which
  // calls are signed. Empty: none.
  std::string ca, certificate, key, secret;
  // For rehearsals: what a saga has in effect there, and what sets its clock forward.
  std::optional<EffectProbe> probe = {};
  std::optional<RequestTemplate> advance = {};
};

// Status codes that mean something else to a step than docs/participants.md says: "402", or "5xx" for a hundred of
// them.
struct AnswerRules {
  std::vector<std::string> done, refused, again;
};

// What a step of an LRA is about.
enum class LraPart : std::uint8_t {
  acts,     // its participant completes or compensates
  listens,  // who listens hears how the LRA ended
  forgets,  // its participant may forget how to compensate, as nothing above it can be cancelled any more
};

template <>
struct Spelling<LraPart> {
  static constexpr std::string_view names[] = {"acts", "listens", "forgets"};
};

// A name, and the JSON pointer to its value in an answer.
using KeptValue = std::pair<std::string, std::string>;

// What a step of a user's saga asks of its participant.
struct ParticipantStep {
  // In SagaDefinition::participants; no_participant: an LRA that is nested in this one, which no request leads to.
  std::size_t participant = 0;
  static constexpr std::size_t no_participant = std::numeric_limits<std::size_t>::max();
  RequestTemplate perform;
  std::optional<RequestTemplate> undo;  // none: there is nothing to undo
  std::optional<RequestTemplate> ask;   // what became of it, when no answer came
  std::vector<KeptValue> keep;
  AnswerRules rules;
  bool undo_refused = false;                         // undone also when it was refused
  std::optional<std::size_t> undo_participant = {};  // none: the same
  // Of a participant of an LRA: what is called once it has failed.
  std::optional<RequestTemplate> forget = {};
  LraPart part = LraPart::acts;
};

struct StepDefinition {
  std::string name;                 // "payment_processing"
  std::string action = {};          // the participant command that does it
  std::string compensation = {};    // the participant command that undoes it; empty: nothing to undo
  std::string compensated_as = {};  // its name in `compensationSteps`
  Duration timeout = 30s;           // a try without a reply by then has an unknown outcome
  RetryPolicy retry = {};
  RetryPolicy compensation_retry = {};
  bool listed = true;  // in `completedSteps`; false for the step that placing the order performs itself
  StepKind kind = StepKind::command;
  // The steps that have to succeed before it starts. None: the one before it.
  std::optional<std::vector<std::size_t>> after = {};
  std::shared_ptr<const ParticipantStep> call = {};  // of a `call`, and of a `wait` whose end is asked for
  // Of a `sleep` its time; of a `wait` the time in which it has to be answered, forever by default.
  Duration waits = Duration::max();

  bool only_waits() const { return kind == StepKind::wait || kind == StepKind::sleep; }
};

// The topic to which an event of the saga's flows is published.
struct TopicRule {
  AggregateType aggregate;
  EventType event;
  std::string_view topic;
  // For a message that is the reply to a command: the command, and whether the reply is a refusal.
  std::string_view command = {};
  bool refused = false;
  // A second topic, under which others know the same event: it gets a copy of the message, which is no event of ours.
  std::string_view copied_to = {};
};

// Who speaks to the participants, and so how requests are made and answers read.
enum class Protocol : std::uint8_t {
  sagactl,  // docs/participants.md
  dtm,      // DTM's clients: docs/dtm.md
  lra,      // LRA's clients: docs/lra.md
};

inline constexpr std::string_view dtm_key_space = "dtm";

struct LraDefinition;  // server/saga/lra_definition.hpp

struct SagaDefinition {
  // Of a definition without a pivot: any step may still be undone.
  static constexpr std::size_t no_pivot = std::numeric_limits<std::size_t>::max();

  std::string name;
  int version = 1;
  Mode mode = Mode::orchestration;
  std::vector<StepDefinition> steps;
  // Once this step has succeeded, a later step that fails is retried and never undone by the saga itself. (An operator
  // may still ask for compensation.)
  std::size_t pivot = 0;
  // Once this much time has passed since the saga started or was retried, no step before the pivot is tried again.
  Duration timeout = 10min;             // Duration::max(): no limit
  std::vector<TopicRule> topics = {};   // for the events that are not published to the topic of their aggregate
  bool shop_may_confirm = false;        // with --payment-confirm shop its payments wait for the shop
  bool services_may_be_remote = false;  // with --role each is a process of its own, called over the exchange

  // Of users' own:
  std::string text = {};   // its canonical JSON; empty for one that is built in
  bool is_inline = false;  // it came with the request that started the saga, and is stored with that saga alone
  Protocol protocol = Protocol::sagactl;
  std::vector<ParticipantDefinition> participants = {};
  TextTemplate result = {};  // what the saga has to show in the end; empty: what its steps have kept
  std::vector<std::pair<std::string, std::string>> headers = {};  // of all requests
  int retry_limit = 0;                   // of a transaction of DTM's: repeats at once, before it fails
  std::vector<std::string> search = {};  // members of the input, as paths ("guest.name"), by which sagas are found
  std::shared_ptr<const LraDefinition> lra = {};  // of an LRA; else null

  bool is_built_in() const { return text.empty(); }
  // The name under which the keys of its sagas are unique. One for all of DTM's transactions: a gid is theirs together.
  std::string_view key_space() const { return protocol == Protocol::dtm ? dtm_key_space : std::string_view(name); }
};

using DefinitionPointer = std::shared_ptr<const SagaDefinition>;

// The indices of the steps that `step` comes after directly.
std::vector<std::size_t> steps_before(const SagaDefinition& definition, std::size_t step);
// Whether the order of the steps has a cycle, so that some could never start.
bool has_circle(const SagaDefinition& definition);

// Bounds how far one batch runs a saga: all its steps forward and back.
inline constexpr std::size_t steps_max = 100;
// Of a built-in definition: the stored key of a barrier has six bits for the step.
inline constexpr std::size_t built_in_steps_max = 16;

// The longest time for which a durable timer of such a saga is ever set.
Duration longest_wait(const SagaDefinition& definition);

// The built-in definition of that name, or null.
const SagaDefinition* find_definition(std::string_view name);
const std::vector<SagaDefinition>& definitions();  // those that are built in

// Registers a definition. For a composition root, before it starts any node; from then on the list does not change.
// `invalid` for a definition that cannot be run: no steps, a pivot outside its steps, two steps of the same name, or
// the name of another saga.
Result<void> add_definition(SagaDefinition definition);

inline constexpr std::string_view order_processing_saga = "OrderProcessingSaga";
inline constexpr std::string_view checkout_saga = "CheckoutSaga";
inline constexpr std::string_view checkout_choreography_saga = "CheckoutChoreographySaga";
inline constexpr std::string_view item_purchase_saga = "ItemPurchaseSaga";

// The prefix of a checkout's saga id, as clients see it.
inline constexpr std::string_view checkout_saga_prefix = "SAGA-";
// What follows that prefix; any other text unchanged.
std::string_view after_saga_prefix(std::string_view text);
// The same if an id follows.
std::string_view without_saga_prefix(std::string_view text);
// Topics of the orchestrated checkout.
inline constexpr std::string_view orchestrator_commands = "orchestrator.saga";
inline constexpr std::string_view orchestrator_replies = "orchestrator.reply";

inline bool is_checkout(std::string_view name) {
  return name == checkout_saga || name == checkout_choreography_saga;
}

}  // namespace sagactl
