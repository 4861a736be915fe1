#!/usr/bin/env bash
# io.temporal:temporal-sdk 1.32.0 with temporal-testing 1.32.0 (Maven Central), seen on 2026-11-30 with Java 17: the
# class Saga of Temporal's SDK, in a workflow that has booked hotel and car and catches TemporalFailure to compensate.
# - When a step fails, car and hotel are cancelled. When the workflow is cancelled, it gets there by CanceledFailure, a
#   TemporalFailure too, and compensate() calls no compensation: each is an activity in a scope that is cancelled
#   already. The workflow ends as cancelled, as if all were well, and everything stays booked. setContinueWithError(true)
#   changes nothing.
# - With setParallelCompensation(true) compensate() raises an error there that fails the task of the workflow, not the
#   workflow: the task is repeated without end. It runs on, and nothing is undone.
# - Within Workflow.newDetachedCancellationScope(saga::compensate).run() all is undone.
# - terminate() undoes nothing, as its documents say.
# What to do: always compensate in a detached scope, and test a saga by cancelling it.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in io.temporal:temporal-sdk:1.32.0 io.temporal:temporal-testing:1.32.0 org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >Trips.java <<'END'
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.Saga;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

public class Trips {
  static final List<String> calls = new CopyOnWriteArrayList<>();
  static CountDownLatch booked;

  @ActivityInterface
  public interface Agency {
    void call(String what);
  }

  public static class Bookings implements Agency {
    @Override
    public void call(String what) {
      calls.add(what);
    }
  }

  @ActivityInterface
  public interface Bell {
    void ring();
  }

  public static class Rings implements Bell {
    @Override
    public void ring() {
      booked.countDown();
    }
  }

  @WorkflowInterface
  public interface Trip {
    @WorkflowMethod
    void run(String how);
  }

  public static class BookedTrip implements Trip {
    @Override
    public void run(String how) {
      ActivityOptions options = ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofSeconds(5)).build();
      Agency agency = Workflow.newActivityStub(Agency.class, options);
      Saga saga = new Saga(new Saga.Options.Builder()
          .setParallelCompensation(how.contains("parallel"))
          .setContinueWithError(how.contains("continue"))
          .build());
      try {
        for (String what : List.of("hotel", "car")) {
          saga.addCompensation(agency::call, "cancel " + what);
          agency.call(what);
        }
        if (how.equals("a step fails")) throw ApplicationFailure.newFailure("no flight", "refused");
        Workflow.newActivityStub(Bell.class, options).ring();
        Workflow.sleep(Duration.ofDays(1));
      } catch (TemporalFailure failure) {
        if (how.contains("detached")) Workflow.newDetachedCancellationScope(saga::compensate).run();
        else saga.compensate();
        throw failure;
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
    var worker = environment.newWorker("trips");
    worker.registerWorkflowImplementationTypes(BookedTrip.class);
    worker.registerActivitiesImplementations(new Bookings(), new Rings());
    environment.start();
    for (String how : List.of("a step fails", "cancelled", "cancelled, continue with error", "cancelled, parallel",
             "cancelled, detached", "terminated")) {
      calls.clear();
      booked = new CountDownLatch(1);
      var client = environment.getWorkflowClient();
      WorkflowStub trip = WorkflowStub.fromTyped(
          client.newWorkflowStub(Trip.class, WorkflowOptions.newBuilder().setTaskQueue("trips").build()));
      trip.start(how);
      if (!how.equals("a step fails")) booked.await();
      if (how.startsWith("cancelled")) trip.cancel();
      if (how.equals("terminated")) trip.terminate("test");
      String end;
      try {
        trip.getResult(10, TimeUnit.SECONDS, Void.class);
        end = "completed";
      } catch (WorkflowFailedException failed) {
        end = failed.getCause().getClass().getSimpleName();
      } catch (TimeoutException late) {
        boolean failing = client.fetchHistory(trip.getExecution().getWorkflowId()).getEvents().stream()
            .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED);
        end = "runs on, its task has " + (failing ? "failed" : "not failed");
      }
      System.out.println(how + ": " + String.join(", ", calls) + "; " + end);
    }
    System.exit(0);
  }
}
END
javac -proc:none -cp 'jars/*' Trips.java
java -cp 'jars/*:.' Trips | tee seen
diff seen - <<'END'
a step fails: hotel, car, cancel car, cancel hotel; ApplicationFailure
cancelled: hotel, car; CanceledFailure
cancelled, continue with error: hotel, car; CanceledFailure
cancelled, parallel: hotel, car; runs on, its task has failed
cancelled, detached: hotel, car, cancel car, cancel hotel; CanceledFailure
terminated: hotel, car; TerminatedFailure
END
echo "as described"
