import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.temporal.ChronoUnit;
import org.eclipse.microprofile.lra.annotation.AfterLRA;
import org.eclipse.microprofile.lra.annotation.Compensate;
import org.eclipse.microprofile.lra.annotation.Complete;
import org.eclipse.microprofile.lra.annotation.Forget;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.eclipse.microprofile.lra.annotation.ParticipantStatus;
import org.eclipse.microprofile.lra.annotation.Status;
import org.eclipse.microprofile.lra.annotation.ws.rs.LRA;

import static jakarta.ws.rs.core.MediaType.TEXT_PLAIN;
import static org.eclipse.microprofile.lra.annotation.ws.rs.LRA.LRA_HTTP_CONTEXT_HEADER;
import static org.eclipse.microprofile.lra.annotation.ws.rs.LRA.LRA_HTTP_ENDED_CONTEXT_HEADER;

// A hotel. The methods with an annotation of their own are the participant's; Quarkus joins with their addresses.
@Path("/bookings")
@ApplicationScoped
public class Bookings {
  static final int LONG_STAY = 10;  // nights: whoever undoes one waits for the hotel's manager
  static final int SPECIAL_OFFER = 7;  // nights: cannot be undone

  @Inject
  Table table;

  // A booking for itself: the LRA begins with the request and ends with the answer. 4xx and 5xx cancel it.
  @POST
  @LRA(value = LRA.Type.REQUIRES_NEW, timeLimit = 30, timeUnit = ChronoUnit.SECONDS)
  @Produces(TEXT_PLAIN)
  public Response book(@HeaderParam(LRA_HTTP_CONTEXT_HEADER) URI lra, @QueryParam("nights") int nights) {
    return reserve(lra, nights);
  }

  // A booking within the LRA that the request names. Without `end = false` the answer would end that LRA.
  @POST
  @Path("/part")
  @LRA(value = LRA.Type.MANDATORY, end = false)
  @Produces(TEXT_PLAIN)
  public Response bookPart(@HeaderParam(LRA_HTTP_CONTEXT_HEADER) URI lra, @QueryParam("nights") int nights) {
    return reserve(lra, nights);
  }

  // It has joined already, so its undo may come alone, and does nothing; or before it, and blocks it.
  private Response reserve(URI lra, int nights) {
    if (nights < 1 || nights > 30) return Response.status(422).entity("1 to 30 nights").build();
    if (!table.addUnless("undone", lra, "booked", nights)) return Response.status(409).entity("it was undone").build();
    return Response.status(201).entity("booked").build();
  }

  @PUT
  @Path("/complete")
  @Complete
  public ParticipantStatus complete(@HeaderParam(LRA_HTTP_CONTEXT_HEADER) URI lra) {
    table.add(lra, "confirmed", table.nights(lra));
    return ParticipantStatus.Completed;
  }

  // 202 says that it will take a while: then `status` is asked.
  @PUT
  @Path("/compensate")
  @Compensate
  public Response compensate(@HeaderParam(LRA_HTTP_CONTEXT_HEADER) URI lra) {
    int nights = table.nights(lra);
    table.add(lra, "undone", nights);
    if (nights == SPECIAL_OFFER) return Response.status(409).entity(ParticipantStatus.FailedToCompensate).build();
    if (nights >= LONG_STAY) return Response.accepted(ParticipantStatus.Compensating).build();
    return Response.ok(ParticipantStatus.Compensated).build();
  }

  @GET
  @Path("/status")
  @Status
  public ParticipantStatus status(@HeaderParam(LRA_HTTP_CONTEXT_HEADER) URI lra) {
    table.add(lra, "asked", table.nights(lra));
    return table.nights(lra) == SPECIAL_OFFER ? ParticipantStatus.FailedToCompensate : ParticipantStatus.Compensated;
  }

  // Comes for what could not be undone, when the coordinator has noted it.
  @DELETE
  @Path("/forget")
  @Forget
  public Response forget(@HeaderParam(LRA_HTTP_CONTEXT_HEADER) URI lra) {
    table.add(lra, "forgotten", table.nights(lra));
    return Response.ok().build();
  }

  // How the whole LRA ended.
  @PUT
  @Path("/after")
  @AfterLRA
  public void after(@HeaderParam(LRA_HTTP_ENDED_CONTEXT_HEADER) URI lra, LRAStatus status) {
    table.add(lra, status.name(), table.nights(lra));
  }
}
