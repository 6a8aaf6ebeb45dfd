package org.everbearer.sample;

import com.google.gson.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.util.Timeout;
import org.everbearer.servlet.BearerTokens;

/**
 * For the demo alone, an application of yours has nothing like it: {@code POST /api/stand-in/ACTION} has the stand-in
 * identity server misbehave, in one of a few ways that are fixed here, so that the page need not talk to another
 * server. Without {@code STAND_IN_BASE_URL} there is no such server, and no action.
 */
public final class DemoServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;
  private static final String STAND_IN = "STAND_IN_BASE_URL";
  private static final int MOST_CALLS = 200;
  private static final int SECONDS = 20;
  private static final int SLOW_MILLIS = 2000;

  // Set by init, which the container runs before any request; null without a stand-in server.
  private transient DemoStandIn standIn;
  private transient DemoCalls calls;

  @Override
  public void init() {
    String address = ChatApplication.setting(STAND_IN, null);
    if (address == null) return;
    standIn = new DemoStandIn(
        ChatApi.configure(HttpClients.custom(), Timeout.ofSeconds(5)).disableRedirectHandling().build(),
        ChatApplication.baseUrl(STAND_IN, address));
    calls = new DemoCalls(ChatApi.of(getServletContext()), BearerTokens.of(getServletContext()));
  }

  @Override
  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    JsonObject body = Json.read(request); // what a form on another site cannot send
    String action = Objects.requireNonNullElse(request.getPathInfo(), "/");
    Json.write(response, 200, standIn == null ? nothing(action) : perform(action, body));
  }

  /** The page asks for the counters first, to learn whether there is a stand-in server at all. */
  private static JsonObject nothing(String action) {
    if (!action.equals("/stats")) throw new ErrorAnswer(404, "not_found", "There is no stand-in server here.");
    JsonObject answer = new JsonObject();
    answer.addProperty("standIn", false);
    return answer;
  }

  private JsonObject perform(String action, JsonObject body) throws IOException {
    return switch (action) {
      case "/stats" -> stats();
      case "/calls" -> calls(Json.integer(body, "count", 1, MOST_CALLS));
      case "/revoke" -> standIn.control("revoke-access-tokens");
      case "/down" -> standIn.control("outage", "seconds", SECONDS);
      case "/slow" -> standIn.control("slow", "millis", SLOW_MILLIS, "seconds", SECONDS);
      case "/lose-reply" -> standIn.control("lose-next-reply");
      case "/kill" -> standIn.control("kill-family");
      case "/new-family" -> newFamily();
      default -> throw new ErrorAnswer(404, "not_found", "There is no such action.");
    };
  }

  private JsonObject stats() throws IOException {
    JsonObject answer = standIn.stats();
    answer.addProperty("standIn", true);
    answer.addProperty("signIn", SignIn.of(getServletContext()) != null);
    return answer;
  }

  /** What came of the calls, and what they cost at the servers. */
  private JsonObject calls(int count) throws IOException {
    JsonObject before = standIn.stats();
    JsonObject answer = calls.send(count);
    JsonObject after = standIn.stats();
    for (String counter : new String[] {"refreshes", "chatUnauthorized"}) {
      answer.addProperty(counter, after.get(counter).getAsLong() - before.get(counter).getAsLong());
    }
    return answer;
  }

  /** The way back after the family has died. Users who sign in do that again instead. */
  private JsonObject newFamily() throws IOException {
    if (SignIn.of(getServletContext()) != null) throw new ErrorAnswer(409, "sign_in", "Sign in again for new tokens.");
    BearerTokens.of(getServletContext()).storeTokens(ChatApplication.CLIENT, standIn.newFamily());
    return new JsonObject();
  }

  @Override
  public void destroy() {
    if (standIn != null) standIn.close();
  }
}
