#!/usr/bin/env bash
# One process of BPMN 2.0.2 by four engines, seen on 2026-11-30 with Java 17, Node.js 20 and Python 3.11: hotel, car and
# flight are booked, each with its compensation, and then all are to be compensated, in reverse order (13.5.5 of BPMN).
# - Flowable 7.1.0 (Maven Central) compensates nothing when the event that asks for it is the end event: the process is
#   completed, everything stays booked, and nothing is said, neither when it is deployed nor when it runs. Its own
#   documents show the intermediate event; a drawing that other engines take is deployed without a warning.
# - bpmn-engine 25.0.1 (npm) compensates in the order in which things were booked: the hotel first.
# - Camunda 7.23.0 (Maven Central) and Flowable sort by the time of day at which each task was done, in milliseconds:
#   two tasks within one millisecond are undone in any order, and when the clock was set back in between, in the wrong.
# - SpiffWorkflow 3.2.0 (PyPI) refuses the file: it has no compensation.
# What to do: compensations that may come in any order, or one that is a sequence of its own; an intermediate event.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.flowable:flowable-engine:7.1.0 org.camunda.bpm:camunda-engine:7.23.0 com.h2database:h2:2.2.224 \
    org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
npm install --silent --no-audit --no-fund bpmn-engine@25.0.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check SpiffWorkflow==3.2.0
# process: how it ends
process() {
  echo '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="finding" id="trips"'
  echo ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn">'
  echo '<process id="trip" isExecutable="true" camunda:historyTimeToLive="P1D"><startEvent id="start"/>'
  last=start
  for task in hotel car flight; do
    for id in $task "cancel_$task"; do
      [[ $id == "$task" ]] && compensates='' || compensates='isForCompensation="true"'
      echo "<serviceTask id=\"$id\" $compensates camunda:expression=\"\${trip.call('$id')}\""
      echo " flowable:expression=\"\${trip.call('$id')}\"/>"
    done
    echo "<boundaryEvent id=\"undo_$task\" attachedToRef=\"$task\"><compensateEventDefinition/></boundaryEvent>"
    echo "<sequenceFlow id=\"to_$task\" sourceRef=\"$last\" targetRef=\"$task\"/>"
    last=$task
  done
  echo "<sequenceFlow id=\"to_undo\" sourceRef=\"$last\" targetRef=\"undo\"/>$1"
  for task in hotel car flight; do
    echo "<association id=\"of_$task\" associationDirection=\"One\" sourceRef=\"undo_$task\""
    echo " targetRef=\"cancel_$task\"/>"
  done
  echo '</process></definitions>'
}
process '<endEvent id="undo"><compensateEventDefinition/></endEvent>' >end.bpmn
process '<intermediateThrowEvent id="undo"><compensateEventDefinition/></intermediateThrowEvent>
<sequenceFlow id="to_end" sourceRef="undo" targetRef="end"/><endEvent id="end"/>' >intermediate.bpmn
cat >Trips.java <<'END'
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.LogManager;
import org.camunda.bpm.engine.impl.util.ClockUtil;

public class Trips {
  static final Trip trip = new Trip();

  public static class Trip {
    final List<String> calls = new ArrayList<>();
    Consumer<Date> clock;
    long now;
    long step;

    public void call(String task) {
      calls.add(task);
      now += step;
      clock.accept(new Date(now));
    }
  }

  static void run(String engine, String event, Consumer<Date> clock, Runnable start) {
    for (long step : new long[] {1000, -1000}) {
      trip.calls.clear();
      trip.clock = clock;
      trip.now = 1_764_432_000_000L;
      trip.step = step;
      clock.accept(new Date(trip.now));
      start.run();
      System.out.println(engine + ", " + event + (step < 0 ? ", clock set back: " : ": ")
          + (trip.calls.size() > 3 ? String.join(" ", trip.calls.subList(3, trip.calls.size())) : "nothing"));
    }
  }

  public static void main(String[] arguments) throws Exception {
    LogManager.getLogManager().reset();
    for (String event : new String[] {"end", "intermediate"}) {
      String xml = Files.readString(Path.of(event + ".bpmn"));
      var camunda = new org.camunda.bpm.engine.impl.cfg.StandaloneInMemProcessEngineConfiguration();
      camunda.setJdbcUrl("jdbc:h2:mem:camunda-" + event);
      camunda.setBeans(Map.of("trip", trip));
      var camundas = camunda.buildProcessEngine();
      camundas.getRepositoryService().createDeployment().addString("trip.bpmn", xml).deploy();
      run("Camunda", event, ClockUtil::setCurrentTime,
          () -> camundas.getRuntimeService().startProcessInstanceByKey("trip"));
      camundas.close();
      var flowable = new org.flowable.engine.impl.cfg.StandaloneInMemProcessEngineConfiguration();
      flowable.setJdbcUrl("jdbc:h2:mem:flowable-" + event);
      flowable.setBeans(new HashMap<>(Map.of("trip", trip)));
      var flowables = flowable.buildProcessEngine();
      flowables.getRepositoryService().createDeployment().addString("trip.bpmn", xml).deploy();
      run("Flowable", event, flowable.getClock()::setCurrentTime,
          () -> flowables.getRuntimeService().startProcessInstanceByKey("trip"));
      flowables.close();
    }
  }
}
END
javac -proc:none -cp 'jars/*' Trips.java
cat >trips.js <<'END'
const { readFileSync } = require('fs');
const { Engine } = require('bpmn-engine');

async function run(event) {
  const calls = [];
  const services = (activity) => {
    if (activity.type !== 'bpmn:ServiceTask') return;
    activity.behaviour.Service = function Service() {
      this.execute = (_, done) => {
        calls.push(activity.id);
        done();
      };
    };
  };
  const engine = new Engine({ source: readFileSync(`${event}.bpmn`, 'utf8'), extensions: { services } });
  const ended = engine.waitFor('end');
  await engine.execute();
  await ended;
  console.log(`bpmn-engine, ${event}: ${calls.slice(3).join(' ')}`);
}

run('end').then(() => run('intermediate'));
END
cat >trips.py <<'END'
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

for event in "end", "intermediate":
    parser = BpmnParser()
    parser.add_bpmn_file(f"{event}.bpmn")
    try:
        print(f"SpiffWorkflow, {event}:", parser.get_spec("trip"))
    except ValidationException as error:
        print(f"SpiffWorkflow, {event}: refused,", str(error)[21:44])
END
{
  java -cp 'jars/*:.' Trips
  node trips.js
  python/bin/python trips.py
} | tee seen
diff seen - <<'END'
Camunda, end: cancel_flight cancel_car cancel_hotel
Camunda, end, clock set back: cancel_hotel cancel_car cancel_flight
Flowable, end: nothing
Flowable, end, clock set back: nothing
Camunda, intermediate: cancel_flight cancel_car cancel_hotel
Camunda, intermediate, clock set back: cancel_hotel cancel_car cancel_flight
Flowable, intermediate: cancel_flight cancel_car cancel_hotel
Flowable, intermediate, clock set back: cancel_hotel cancel_car cancel_flight
bpmn-engine, end: cancel_hotel cancel_car cancel_flight
bpmn-engine, intermediate: cancel_hotel cancel_car cancel_flight
SpiffWorkflow, end: refused, Unsupported Catch Event
SpiffWorkflow, intermediate: refused, Unsupported Catch Event
END
echo "as described"
