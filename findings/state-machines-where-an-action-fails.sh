#!/usr/bin/env bash
# An order goes from pending to paid, and what is to be done on the way raises an error: where the order is then, by five
# libraries of state machines, seen on 2026-11-30 with Python 3.11, Node.js 20 and Java 17. It is raised by the action of
# the transition ("action"), or by the one on entering paid ("entry").
# - transitions 0.9.3 (PyPI) raises it: pending by "before", and paid by "after" and on entry. So the event may be tried
#   again after the one, and not after the other.
# - python-statemachine 3.2.2 (PyPI) raises it too: pending by the action and on entry, paid only by "after".
# - javascript-state-machine 3.1.0 (npm) raises it: pending, or paid on entry, and from then on it refuses every event,
#   also cancel, as "transition is invalid while previous transition is still in progress": the object is of no use.
# - xstate 5.33.3 (npm): send() returns; the error is raised later, outside of the caller's try. The state is pending,
#   and the machine has stopped: every further event is dropped without an error.
# - spring-statemachine-core 4.0.0 (Maven Central): nothing is raised, and hasStateMachineError() is false. By the action
#   the event is DENIED and the order pending; on entry it is ACCEPTED, and the order paid; when a guard raises, the
#   event is ACCEPTED too, and the order pending.
# What to do: write what is to be done as a state of its own, charging, with events charged and refused; have a machine
# only decide, and ask it for its state rather than for the answer to an event.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.springframework.statemachine:spring-statemachine-core:4.0.0 org.springframework:spring-tx:6.2.0 \
    org.springframework:spring-beans:6.2.0 org.springframework:spring-context:6.2.0 \
    org.springframework:spring-core:6.2.0 org.springframework:spring-messaging:6.2.0 org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
npm install --silent --no-audit --no-fund javascript-state-machine@3.1.0 xstate@5.33.3 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check transitions==0.9.3 python-statemachine==3.2.2
cat >order.py <<'END'
import warnings
from statemachine import State, StateMachine
from transitions import Machine

warnings.simplefilter("ignore")

def fail(*_):
    raise RuntimeError

class Order:
    charge = fail

for name, when in ("before", "before"), ("after", "after"), ("entry", None):
    paid = {"name": "paid"} if when else {"name": "paid", "on_enter": "charge"}
    order = Order()
    transition = {"trigger": "pay", "source": "pending", "dest": "paid"} | ({when: "charge"} if when else {})
    Machine(order, states=["pending", paid], initial="pending", transitions=[transition])
    try:
        order.pay()
    except RuntimeError:
        print(f"transitions, {name}: raises, {order.state}")

class Sale(StateMachine):
    pending = State(initial=True)
    paid = State(final=True)
    pay = pending.to(paid)

    def __init__(self, failing):
        self.failing = failing
        super().__init__()

    def before_pay(self):
        self.failing == "before" and fail()

    def on_pay(self):
        self.failing == "action" and fail()

    def on_enter_paid(self):
        self.failing == "entry" and fail()

    def after_pay(self):
        self.failing == "after" and fail()

for name in "before", "action", "after", "entry":
    sale = Sale(name)
    try:
        sale.pay()
    except RuntimeError:
        print(f"python-statemachine, {name}: raises, {sale.current_state.id}")
END
cat >order.js <<'END'
const StateMachine = require('javascript-state-machine');
const { createActor, createMachine } = require('xstate');
for (const [name, hook] of [['action', 'onBeforePay'], ['entry', 'onEnterPaid']]) {
  let charging = true;
  const order = new StateMachine({
    init: 'pending',
    transitions: [{ name: 'pay', from: 'pending', to: 'paid' }, { name: 'cancel', from: '*', to: 'cancelled' }],
    methods: { [hook]: () => { if (charging) throw new Error('charge'); } },
  });
  let said = 'returns';
  try { order.pay(); } catch { said = 'raises'; }
  charging = false;
  let then = 'done';
  try { order.cancel(); } catch (error) { then = error.message.slice(0, 21); }
  console.log(`javascript-state-machine, ${name}: ${said}, ${order.state}; cancel: ${then}`);
}
const later = [];
process.on('uncaughtException', (error) => later.push(error.message));
const charge = () => { throw new Error('charge'); };
const orders = ['action', 'entry'].map((name) => {
  const on = (event, target, actions = []) => ({ [event]: { target, actions } });
  const order = createActor(createMachine({
    initial: 'pending',
    states: {
      pending: { on: { ...on('pay', 'paid', name === 'action' ? charge : []), ...on('cancel', 'cancelled') } },
      paid: { entry: name === 'entry' ? charge : [], on: on('cancel', 'cancelled') },
      cancelled: {},
    },
  })).start();
  let said = 'returns';
  try { order.send({ type: 'pay' }); } catch { said = 'raises'; }
  const state = order.getSnapshot().value;
  order.send({ type: 'cancel' });
  return `xstate, ${name}: ${said}, ${state}; cancel: ${order.getSnapshot().value}, ${order.getSnapshot().status}`;
});
setTimeout(() => {
  for (const line of orders) console.log(line);
  console.log(`xstate, later: ${later.join(', ')}`);
}, 200);
END
cat >Order.java <<'END'
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.StateMachineBuilder;
import reactor.core.publisher.Mono;

public class Order {
  static void fail() {
    throw new IllegalStateException("charge");
  }

  public static void main(String[] arguments) throws Exception {
    for (String name : new String[] {"action", "entry", "guard"}) {
      StateMachineBuilder.Builder<String, String> builder = StateMachineBuilder.builder();
      builder.configureConfiguration().withConfiguration().autoStartup(true);
      var states = builder.configureStates().withStates().initial("pending").state("cancelled");
      if (name.equals("entry")) states.stateEntry("paid", context -> fail());
      else states.state("paid");
      var pay = builder.configureTransitions().withExternal().source("pending").target("paid").event("pay");
      if (name.equals("action")) pay.action(context -> fail());
      if (name.equals("guard")) {
        pay.guard(context -> {
          fail();
          return true;
        });
      }
      StateMachine<String, String> order = builder.build();
      var result = order.sendEvent(Mono.just(MessageBuilder.withPayload("pay").build())).blockLast().getResultType();
      System.out.println("spring-statemachine, " + name + ": " + result + ", " + order.getState().getId() + ", error "
          + order.hasStateMachineError());
    }
    System.exit(0);
  }
}
END
javac -proc:none -cp 'jars/*' Order.java
{
  python/bin/python order.py
  node order.js
  java -cp 'jars/*:.' Order
} | tee seen
diff seen - <<'END'
transitions, before: raises, pending
transitions, after: raises, paid
transitions, entry: raises, paid
python-statemachine, before: raises, pending
python-statemachine, action: raises, pending
python-statemachine, after: raises, paid
python-statemachine, entry: raises, pending
javascript-state-machine, action: raises, pending; cancel: transition is invalid
javascript-state-machine, entry: raises, paid; cancel: transition is invalid
xstate, action: returns, pending; cancel: pending, error
xstate, entry: returns, pending; cancel: pending, error
xstate, later: charge, charge
spring-statemachine, action: DENIED, pending, error false
spring-statemachine, entry: ACCEPTED, paid, error false
spring-statemachine, guard: ACCEPTED, pending, error false
END
echo "as described"
