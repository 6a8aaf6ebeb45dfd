package org.everbearer.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.everbearer.observe.ClientState;
import org.everbearer.observe.Operations;
import org.everbearer.observe.PrometheusText;
import org.everbearer.observe.StateJson;
import org.everbearer.observe.UncoveredOrigins;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how the clients of this web application are: a page with a live timeline, JSON, Prometheus text and server-sent
 * events, by what the request accepts. Never a token.
 *
 * <pre>{@code
 * <servlet>
 *   <servlet-name>tokens</servlet-name>
 *   <servlet-class>org.everbearer.servlet.TokenStatusServlet</servlet-class>
 *   <init-param><param-name>allowRole</param-name><param-value>operator</param-value></init-param>
 *   <async-supported>true</async-supported>
 * </servlet>
 * <servlet-mapping><servlet-name>tokens</servlet-name><url-pattern>/tokens/*</url-pattern></servlet-mapping>
 * }</pre>
 *
 * <p>Everybody gets 403 but
 *
 * <ul>
 *   <li>who is in the role {@code allowRole};
 *   <li>requests from the addresses {@code allowAddresses} (addresses and CIDR ranges, or {@code none}). What counts is
 *       the connection's own address: a request with a header that proxies add, or whose address a container or filter has
 *       replaced, is never let in by it;
 *   <li>where that is unset, requests that certainly come straight from this machine: over HTTP/1.1 or later, to the name
 *       {@code localhost} or a loopback address and the server's own port, with no sign of anything in between. A proxy
 *       on this machine that leaves no sign at all cannot be told apart: set {@code none} behind one.
 * </ul>
 *
 * <p>Only the role may act: {@code POST} with the header {@code X-Everbearer-Action} ({@code refreshNow} or {@code
 * invalidate}) and the parameter {@code client}, from a page of the same origin. {@code …/timeline.js} is the script that
 * draws a timeline, for other pages; its first lines say how.
 */
public final class TokenStatusServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(TokenStatusServlet.class);
  private static final String ACTION = "X-Everbearer-Action";
  private static final String JSON = "application/json";
  private static final String HTML = "text/html";
  private static final String TEXT = "text/plain";
  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final String EVENTS = "text/event-stream";

  /** Says what to do, and not which of the rules it was: that would tell a stranger how to get around it. */
  private static final String FORBIDDEN = "Forbidden. On the machine of this server itself, open the page straight from it"
      + " with a browser or curl: under the name localhost, with the server's own port, and not through a proxy or a link"
      + " on another site. From anywhere else, set allowRole on the status servlet, and have the container ask for a login;"
      + " or allowAddresses. Why this request was refused is logged at DEBUG by " + TokenStatusServlet.class.getName()
      + ".\n";

  // Set by init, which the container runs before any request.
  private transient StatusAccess access;
  private transient StatusStream stream;

  /** For the container. */
  public TokenStatusServlet() {}

  @Override
  public void init() throws ServletException {
    access = StatusAccess.of(getServletConfig());
    stream = new StatusStream(new StatusStream.Source() {
      @Override
      public List<ClientState> states() {
        return TokenStatusServlet.this.states();
      }

      @Override
      public String next(StateJson told) {
        return told.next(states(), uncovered());
      }
    });
  }

  @Override
  public void destroy() {
    if (stream == null) return;
    BearerTokens tokens = Registry.present(getServletContext());
    if (tokens != null) tokens.clients().removeListener(stream);
    stream.close();
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
    response.setHeader("Content-Security-Policy", StatusPage.CONTENT_SECURITY_POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Vary", "Accept");
    if (access.mayLook(request)) {
      super.service(request, response);
    } else {
      answer(response, 403, TEXT, FORBIDDEN);
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String path = request.getPathInfo();
    if ("/timeline.js".equals(path)) {
      answer(response, 200, "text/javascript", StatusPage.TIMELINE);
      return;
    }
    if (path != null && !path.equals("/")) {
      answer(response, 404, TEXT, "There is nothing here.\n");
      return;
    }
    String type = Preference.among(request.getHeader("Accept"), JSON, HTML, TEXT, OPEN_METRICS, EVENTS);
    if (type == null) {
      answer(response, 406, TEXT, "Ask for " + String.join(", ", HTML, JSON, TEXT, OPEN_METRICS, EVENTS) + ".\n");
    } else if (type.equals(HTML)) {
      answer(response, 200, HTML, StatusPage.of(context(), states(), uncovered(), access.mayAct(request)));
    } else if (type.equals(JSON)) {
      answer(response, 200, JSON, new StateJson().next(states(), uncovered()));
    } else if (type.equals(EVENTS)) {
      events(request, response);
    } else {
      boolean open = type.equals(OPEN_METRICS);
      answer(response, 200, open ? PrometheusText.OPEN_METRICS : PrometheusText.CONTENT_TYPE,
          PrometheusText.of(states(), open));
    }
  }

  private void events(HttpServletRequest request, HttpServletResponse response) throws IOException {
    BearerTokens tokens = Registry.present(getServletContext());
    boolean opened = tokens != null && request.getMethod().equals("GET");
    if (opened) {
      tokens.clients().wake(stream);
      opened = stream.open(request, response);
    }
    if (!opened) {
      answer(response, 503, TEXT, "No more live connections, or no <async-supported>true</async-supported> on this"
          + " servlet and the filters before it. Ask for " + JSON + " again and again instead.\n");
    }
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!access.mayAct(request)) {
      answer(response, 403, TEXT, "Forbidden: only the role allowRole of the status servlet may act.\n");
      return;
    }
    if (!StatusAccess.isFromOurPage(request, ACTION)) {
      answer(response, 403, TEXT, "Forbidden: the request must come from this page and have the header " + ACTION + ".\n");
      return;
    }
    DeclaredClient client = find(request.getParameter("client"));
    if (client == null) {
      answer(response, 404, TEXT, "There is no client of this name.\n");
      return;
    }
    try {
      answer(response, 200, TEXT, act(request.getHeader(ACTION), client, request.getRemoteUser()));
    } catch (IllegalStateException e) {
      answer(response, 409, TEXT, e.getMessage() + "\n");
    } catch (IllegalArgumentException e) {
      answer(response, 400, TEXT, e.getMessage() + "\n");
    }
  }

  private static String act(String action, DeclaredClient client, String user) {
    Operations operations = client.operations();
    String done;
    if (action.equals("refreshNow")) {
      operations.refreshNow();
      done = "A refresh has begun.\n";
    } else if (action.equals("invalidate")) {
      operations.invalidate();
      done = "The token was given up: the next call gets a new one.\n";
    } else {
      throw new IllegalArgumentException(ACTION + " must be refreshNow or invalidate");
    }
    log.info("{}: {} by {}", client.name(), action, user == null ? "?" : user.replaceAll("\\p{Cntrl}", "?"));
    return done;
  }

  /** It would echo cookies. */
  @Override
  protected void doTrace(HttpServletRequest request, HttpServletResponse response) throws IOException {
    answer(response, 405, TEXT, "Not allowed.\n");
  }

  private DeclaredClient find(String name) {
    for (DeclaredClient client : clients()) if (client.name().equals(name)) return client;
    return null;
  }

  private List<ClientState> states() {
    List<ClientState> states = new ArrayList<>();
    for (DeclaredClient client : clients()) states.add(client.state());
    return states;
  }

  private UncoveredOrigins uncovered() {
    BearerTokens tokens = Registry.present(getServletContext());
    return tokens == null ? new UncoveredOrigins() : tokens.clients().uncovered();
  }

  private List<DeclaredClient> clients() {
    BearerTokens tokens = Registry.present(getServletContext());
    return tokens == null ? Collections.emptyList() : tokens.clients().all();
  }

  private String context() {
    String path = getServletContext().getContextPath();
    return path.isEmpty() ? "/" : path;
  }

  private static void answer(HttpServletResponse response, int status, String type, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType(type.contains("charset") ? type : type + ";charset=utf-8");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
